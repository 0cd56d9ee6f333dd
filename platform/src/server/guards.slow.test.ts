import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestDatabase } from '../testing/test-database.ts'
import { databaseWithSystems, startNode, type TestNode, type TestTenant, tenantWithKey } from './tenantry.test-support.ts'

let database: TestDatabase
let node: TestNode
let small: TestTenant
let large: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
  small = await tenantWithKey(node, { tier: 'small' })
  large = await tenantWithKey(node, { tier: 'large' })
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const keyWith = async (tenant: TestTenant, body: object) =>
  (await node.call('POST', '/v1/keys', { host: tenant.host, key: tenant.key, body: { name: 'limited', ...body } })).body
const rack = async (tenant: TestTenant, name: string) =>
  (await node.call('POST', '/v1/shelf/racks', { host: tenant.host, key: tenant.key, body: { name } })).body.id as string

test('[IIOT-7] `permission` on a route refuses a key without it, and names it', async () => {
  const { credential } = await keyWith(small, { permissions: ['shelf.racks:read'] })
  expect((await node.call('GET', '/v1/shelf/racks', { key: credential })).status).toBe(200)
  const refused = await node.call('POST', '/v1/shelf/racks', { key: credential, body: { name: 'x' } })
  expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden', permission: 'shelf.racks:write' } })
})

test('[IIOT-7] `feature` on a route refuses a tenant whose tier has it not', async () => {
  const refused = await node.call('POST', '/v1/shelf/scans', { host: small.host, key: small.key })
  expect(refused).toMatchObject({ status: 403, body: { code: 'feature_not_in_plan', feature: 'scanning' } })
})

test("[IIOT-7] `quota` on a route takes from the tenant's meter, exactly, however many come at once", async () => {
  const scan = () => node.call('POST', '/v1/shelf/scans', { host: large.host, key: large.key })
  const answers = await Promise.all([1, 2, 3, 4, 5].map(scan))
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 204, 429, 429, 429])
  expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({
    code: 'quota_exceeded',
    limit: 'scans',
    max: 2,
    used: 2,
  })
})

test('[IIOT-7] the tenant is no guard that one could forget: every route but a public one asks for it', async () => {
  expect((await node.call('POST', '/v1/shelf/reorder')).status).toBe(401)
  expect((await node.call('POST', '/v1/shelf/reorder', { key: large.key })).status).toBe(204)
})

test('[CRM-5] a foreign id in a path is not found, byte for byte like one that never was', async () => {
  const id = await rack(large, 'theirs')
  const foreign = await node.call('GET', `/v1/shelf/racks/${id}`, { host: small.host, key: small.key })
  const absent = await node.call('GET', '/v1/shelf/racks/018f0000-0000-7000-8000-000000000404', {
    host: small.host,
    key: small.key,
  })
  expect(foreign.status).toBe(404)
  expect(foreign.text).toBe(absent.text)
  expect(namesOf(foreign.headers)).toEqual(namesOf(absent.headers))
})

test("[CRM-5] so is another tenant's key, to read and to revoke", async () => {
  for (const method of ['GET', 'DELETE']) {
    const foreign = await node.call(method, `/v1/keys/${large.keyId}`, { host: small.host, key: small.key })
    const absent = await node.call(method, '/v1/keys/018f0000-0000-7000-8000-000000000404', { host: small.host, key: small.key })
    expect(foreign.status).toBe(404)
    expect(foreign.text).toBe(absent.text)
  }
  expect((await node.call('GET', '/v1/shelf/racks', { key: large.key })).status).toBe(200)
})

test('[CRM-5] a foreign id in a body is not found, like one that never was', async () => {
  const foreign = await rack(large, 'not yours to grant')
  const body = (id: string) => ({ name: 'g', permissions: ['shelf.racks:read'], reach: 'granted', grants: [id] })
  const ask = (id: string) => node.call('POST', '/v1/keys', { host: small.host, key: small.key, body: body(id) })
  const answers = [await ask(foreign), await ask('018f0000-0000-7000-8000-000000000404')]
  expect(answers.map(({ status }) => status)).toEqual([404, 404])
  expect(answers[0]?.text).toBe(answers[1]?.text)
})

test('a key with reach `granted` sees what was granted and nothing else', async () => {
  const [mine, other] = [await rack(large, 'granted'), await rack(large, 'withheld')]
  const { credential } = await keyWith(large, { permissions: ['shelf.racks:read'], reach: 'granted', grants: [mine] })
  expect((await node.call('GET', '/v1/shelf/racks', { key: credential })).body.items).toEqual([{ id: mine, name: 'granted' }])
  expect((await node.call('GET', `/v1/shelf/racks/${other}`, { key: credential })).status).toBe(404)
})

test('nobody hands on what he does not have', async () => {
  const { credential } = await keyWith(small, { permissions: ['keys:write', 'shelf.racks:read'] })
  const ask = (body: object) => node.call('POST', '/v1/keys', { key: credential, body: { name: 'child', ...body } })
  expect((await ask({ permissions: ['shelf.racks:read'] })).status).toBe(201)
  expect(await ask({ permissions: ['shelf.racks:write'] })).toMatchObject({
    status: 403,
    body: { permission: 'shelf.racks:write' },
  })
  expect((await ask({ permissions: ['no.such:thing'] })).status).toBe(403)
})

test('a key of limited reach makes no key of wider reach, and grants only what it sees', async () => {
  const [mine, other] = [await rack(large, 'own'), await rack(large, 'beyond')]
  const limited = await keyWith(large, { permissions: ['keys:write', 'shelf.racks:read'], reach: 'granted', grants: [mine] })
  const ask = (body: object) =>
    node.call('POST', '/v1/keys', {
      key: limited.credential,
      body: { name: 'child', permissions: ['shelf.racks:read'], ...body },
    })
  expect((await ask({})).status).toBe(403)
  expect((await ask({ reach: 'granted', grants: [other] })).status).toBe(404)
  expect((await ask({ reach: 'granted', grants: [mine] })).status).toBe(201)
})

test('keys are listed without credential or hash, the newest first, in pages', async () => {
  const tenant = await tenantWithKey(node)
  for (const name of ['b', 'c']) await keyWith(tenant, { name, permissions: ['tenant:read'] })
  const first = await node.call('GET', '/v1/keys?limit=2', { key: tenant.key })
  const second = await node.call('GET', `/v1/keys?limit=2&cursor=${first.body.nextCursor}`, { key: tenant.key })
  expect([...first.body.items, ...second.body.items].map(({ name }) => name)).toEqual(['c', 'b', 'test'])
  expect(first.text + second.text).not.toMatch(/hash|credential|tnk_/)
})

test('the use of a key is written down in batches: by the minute, and when a node stops', async () => {
  const tenant = await tenantWithKey(node)
  const other = await startNode(database)
  await other.call('GET', '/v1/shelf/racks', { key: tenant.key })
  const lastUsed = async () => (await node.call('GET', `/v1/keys/${tenant.keyId}`, { key: tenant.key })).body.lastUsedAt
  expect(await lastUsed()).toBeNull()
  await other.tenantry.close()
  expect(Date.now() - Date.parse(await lastUsed())).toBeLessThan(120_000)
})

function namesOf(headers: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(headers).sort()
}
