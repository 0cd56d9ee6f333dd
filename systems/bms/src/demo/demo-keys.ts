import type { Tenantry } from 'tenantry'

/** Credentials of a demo tenant, shown when they are made and never again. */
export interface DemoKeys {
  /** For whoever tries the demo: everything in the tenant. */
  readonly developer: string
  /** For the simulator: reads buildings, writes points, sets a connector, nothing else. */
  readonly simulator: string
}

/** Who does what no member does. */
export const demoActor = { kind: 'system', id: '018f0000-0000-7000-8000-0000000000de' } as const

const names = { developer: 'Demo: developer', simulator: 'Demo: simulator' } as const

/** True when the demo's keys were made, whether anybody still has them or not. */
export async function hasDemoKeys(tenantry: Tenantry, tenantId: string): Promise<boolean> {
  return (await liveKeys(tenantry, tenantId)).length === Object.keys(names).length
}

/** Makes the two keys of a demo tenant; those of an earlier time die. */
export async function renewDemoKeys(tenantry: Tenantry, tenantId: string): Promise<DemoKeys> {
  const { keys } = tenantry.services
  const scope = tenantry.scope({ tenantId, actor: demoActor })
  const tenant = await tenantry.directory.tenantById(tenantId)
  if (tenant === undefined) throw new Error('The directory does not know the demo tenant.')
  for (const { id } of await liveKeys(tenantry, tenantId)) await keys.revoke(scope, id)
  const creator = keys.everythingIn(tenant)
  const developer = await keys.create(scope, { name: names.developer, permissions: [...creator.permissions] }, creator)
  const simulator = await keys.create(
    scope,
    { name: names.simulator, permissions: ['bms.buildings:read', 'bms.points:write', 'bms.connectors:write'] },
    creator,
  )
  return { developer: developer.credential, simulator: simulator.credential }
}

async function liveKeys(tenantry: Tenantry, tenantId: string) {
  const scope = tenantry.scope({ tenantId, actor: demoActor })
  const listed = await tenantry.services.keys.list(scope, { limit: 200 })
  return listed.filter(({ name, revokedAt }) => revokedAt === null && Object.values<string>(names).includes(name))
}
