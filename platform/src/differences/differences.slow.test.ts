import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import {
  databaseWithSystems,
  operatorKey,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'

let database: TestDatabase
let node: TestNode
let operator: string
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
  operator = await operatorKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const answer = await node.call(method, path, { host: north.host, key: north.key, body, headers })
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.body
}
const order = async (method: string, path: string, body?: unknown) => {
  const headers = { 'tenantry-reason': 'A test' }
  const answer = await node.call(method, path, { host: 'dashboard.localhost', key: operator, body, headers })
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.body
}

test('[CRM-14] a new tenant differs in nothing; what it and operators change is listed, the same for both', async () => {
  north = await tenantWithKey(node)
  const path = `/v1/tenants/${north.tenant.id}`
  expect(await ask('GET', '/v1/tenants/current/differences')).toEqual({
    plan: { plan: north.tenant.tier, version: expect.any(Number) },
    addOns: [],
    features: [],
    overrides: [],
    settings: [],
    roles: [],
    domains: [],
  })

  await order('PUT', `${path}/overrides/limit/racks`, { value: 7, reason: 'Agreed by phone' })
  const actor = { kind: 'system', id: north.tenant.id } as const
  const scope = node.tenantry.scope({ tenantId: north.tenant.id, actor })
  await scope.run(sql`update tenantry.tenants set features = '{custom_domain}'`)
  await node.tenantry.directory.catchUp()
  await ask('POST', '/v1/domains', { host: 'cloud.client.co.uk' })
  await ask('POST', '/v1/roles', { name: 'Auditor', permissions: ['audit:read'] })
  await ask('PUT', '/v1/settings/security.failed_sign_ins', { value: 20 }, { 'if-match': '"v0"' })
  const own = await ask('GET', '/v1/tenants/current/differences')
  expect(own).toMatchObject({
    features: ['custom_domain'],
    overrides: [{ kind: 'limit', name: 'racks', value: 7, reason: 'Agreed by phone' }],
    settings: [{ key: 'security.failed_sign_ins', value: 20 }],
    roles: [{ name: 'Auditor' }],
    domains: [{ host: 'cloud.client.co.uk', state: 'waiting' }],
  })
  expect(await order('GET', `${path}/differences`)).toEqual(own)
})
