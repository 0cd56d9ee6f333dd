import { problems, readResource, type SecretService, type TenantScope } from 'tenantry'
import type { z } from 'zod'
import { namingBuilding } from '../naming-building.ts'
import { buildings } from '../resources.ts'
import { type ConnectorRow, findConnector, putConnector, secretPlace } from './connector-queries.ts'
import type { NewConnector } from './schemas.ts'

/** Refuses with `not_found` or `building_not_granted` for the building, and `not_found` where it has no connector. */
export async function existingConnector(scope: TenantScope, buildingId: string): Promise<ConnectorRow> {
  const row = await findConnector(scope, buildingId)
  if (row === undefined) throw await noConnector(scope, buildingId)
  return row
}

export async function noConnector(scope: TenantScope, buildingId: string) {
  await namingBuilding(readResource(scope, buildings, buildingId))
  return problems.not_found('This building has no connector.', { objectId: buildingId })
}

/** Makes the building's connector or replaces it; it is polled at once. */
export async function setConnector(
  scope: TenantScope,
  secrets: SecretService,
  buildingId: string,
  { secret, ...values }: z.output<typeof NewConnector>,
): Promise<ConnectorRow> {
  const before = await findConnector(scope, buildingId)
  // Before the tenant's key is made for a building that is not there.
  if (before === undefined) await namingBuilding(readResource(scope, buildings, buildingId))
  if (secret === undefined && before?.secret && !sameReceiver(before, values)) {
    throw problems.invalid_request('The address or header is another one: give the secret again, or null for none.', {
      errors: [{ pointer: '/secret', message: 'It was given for another address, and is sent nowhere else.' }],
    })
  }
  const sealed = typeof secret === 'string' ? await secrets.sealForTenant(scope, secretPlace(buildingId), secret) : secret
  const row = await putConnector(scope, buildingId, { ...values, secret: sealed }, before?.version ?? 0)
  if (row === undefined) throw problems.conflict('The connector or its building changed at this moment.')
  return row
}

/** Who may set a connector must not learn its secret by having it sent to himself. */
function sameReceiver(before: ConnectorRow, after: { readonly url: string; readonly secretHeader: string }): boolean {
  return new URL(before.url).origin === new URL(after.url).origin && before.secretHeader === after.secretHeader
}
