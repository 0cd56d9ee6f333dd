import { expect, test } from 'vitest'
import { readConfiguration } from '../configuration/configuration.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { Identified } from '../http/pipeline.ts'
import { type RequestInfo, route } from '../http/route.ts'
import { defineSystem } from '../system.ts'
import { createAdmit } from './admit.ts'
import { Rates } from './rates.ts'

const elsewhere = route({
  method: 'POST',
  path: '/api/v2/write',
  operation: 'writeElsewhere',
  summary: '',
  permission: 'meters:write',
  responses: { 204: null },
  handle: () => undefined,
})
const meters = defineSystem({
  name: 'meters',
  title: 'Meters',
  migrations: new URL('file:///'),
  permissions: {},
  roles: {},
  tiers: {},
  routes: [elsewhere],
})
const ids = { tenant: '018f0000-0000-7000-8000-000000000001', key: '018f0000-0000-7000-8000-000000000002' }

function identified(system: string): Identified {
  const tenant = {
    id: ids.tenant,
    system,
    status: 'active',
    features: new Set(),
    limits: new Map(),
    allowedAddresses: [],
  } as Partial<TenantEntry>
  const permissions = new Set(['meters:write'])
  return {
    tenant: tenant as TenantEntry,
    principal: { kind: 'key', id: ids.key, tenantId: ids.tenant, name: 'key', permissions, reach: 'all' },
    origin: '',
  }
}

test("a system's route outside /v1/<system> does not exist for another system's tenants", () => {
  const noScope = () => {
    throw new Error('Nothing here asks the database.')
  }
  const admit = createAdmit({ systems: [meters], rates: new Rates(readConfiguration({}), noScope) })
  const request = {} as RequestInfo
  expect(() => admit(elsewhere, identified('meters'), request)).not.toThrow()
  expect(() => admit(elsewhere, identified('shelf'), request)).toThrow(expect.objectContaining({ code: 'not_found' }))
})
