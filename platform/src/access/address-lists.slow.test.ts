import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinAs, startPeopleNode } from '../members/people.test-support.ts'
import {
  databaseWithSystems,
  operatorKey,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'

let database: TestDatabase
let node: TestNode
let operator: string

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startPeopleNode(database, { trustedProxies: ['127.0.0.1'] })
  operator = await operatorKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const path = '/v1/allowed-addresses'
const office = '203.0.113.7'
const outside = '198.51.100.9'
const from = (address: string) => ({ 'x-forwarded-for': address })
const set = ({ host, key }: TestTenant, ranges: readonly string[], address = office) =>
  node.call('PUT', path, { host, key, body: { ranges }, headers: from(address) })
const racks = ({ host, key }: TestTenant, address: string) =>
  node.call('GET', '/v1/shelf/racks', { host, key, headers: from(address) })

test('[IIOT-14] a tenant with a list is worked with from there alone, by keys and members alike, and no other tenant is held to it', async () => {
  const [north, south] = [await tenantWithKey(node, { tier: 'large' }), await tenantWithKey(node)]
  const member = await joinAs(node, north, 'admin')
  const asMember = (address: string) => member.call('GET', '/v1/tenants/current', { headers: from(address) })
  expect((await racks(north, outside)).status).toBe(200)
  const answer = await set(north, ['203.0.113.0/24', '::ffff:192.0.2.1', '203.0.113.0/24'])
  expect(answer).toMatchObject({ status: 200, body: { ranges: ['203.0.113.0/24', '192.0.2.1/32'], address: office } })

  for (const address of [office, '192.0.2.1', '::ffff:203.0.113.9']) expect((await racks(north, address)).status).toBe(200)
  expect(await racks(north, outside)).toMatchObject({
    status: 403,
    body: { code: 'address_not_allowed', address: outside, by: 'tenant' },
  })
  expect([(await asMember(office)).status, (await asMember(outside)).status]).toEqual([200, 403])
  expect((await racks(south, outside)).status).toBe(200)
  expect((await node.call('GET', path, { host: north.host, key: north.key, headers: from(office) })).body.ranges).toHaveLength(2)

  expect((await set(north, [])).body.ranges).toEqual([])
  expect((await racks(north, outside)).status).toBe(200)
})

test('[IIOT-14] nobody shuts himself out, nor stores a typo', async () => {
  const tenant = await tenantWithKey(node)
  expect(await set(tenant, ['192.0.2.0/24'])).toMatchObject({
    status: 409,
    body: { code: 'would_lock_out', address: office },
  })
  for (const typo of ['203.0.113.0/99', '203.0.113.7/24', '203.0.113', '2001:db8:/32', 7, null]) {
    expect(await set(tenant, ['203.0.113.0/24', typo as string])).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    })
  }
  const many = Array.from({ length: 101 }, (_, n) => `203.0.113.${n}`)
  expect(await set(tenant, many)).toMatchObject({ status: 400 })
  expect((await racks(tenant, outside)).status).toBe(200)
})

test('[IIOT-14] an operator, on a host of his own, helps a tenant in again that nobody reaches any more', async () => {
  const tenant = await tenantWithKey(node)
  await set(tenant, ['203.0.113.7'])
  const asOperator = (method: string, body?: unknown) =>
    node.call(method, `/v1/tenants/${tenant.tenant.id}/allowed-addresses`, {
      host: 'dashboard.localhost',
      key: operator,
      body,
      headers: { ...from(outside), 'tenantry-reason': 'The office moved' },
    })
  expect((await asOperator('GET')).body).toEqual({ ranges: ['203.0.113.7/32'] })
  expect((await asOperator('PUT', { ranges: ['198.51.100.0/24'] })).status).toBe(200)
  expect([(await racks(tenant, outside)).status, (await racks(tenant, office)).status]).toEqual([200, 403])
})

test('[IIOT-14] a change of the list is in the audit, with who made it', async () => {
  const tenant = await tenantWithKey(node)
  await set(tenant, ['203.0.113.0/24'])
  const { body } = await node.call('GET', '/v1/audit?limit=50', { host: tenant.host, key: tenant.key, headers: from(office) })
  const entry = body.items.find((each: { readonly objectType: string }) => each.objectType === 'tenantry.address_lists')
  expect(entry).toMatchObject({ actorId: tenant.keyId })
  expect(JSON.stringify(entry)).toContain('203.0.113.0/24')
})

test('[IIOT-14] whoever may only read the tenant may not say where it is worked with from', async () => {
  const tenant = await tenantWithKey(node, { tier: 'large' })
  const viewer = await joinAs(node, tenant, 'viewer')
  expect((await viewer.call('GET', path)).status).toBe(200)
  expect((await viewer.call('PUT', path, { body: { ranges: ['127.0.0.1'] } })).status).toBe(403)
})
