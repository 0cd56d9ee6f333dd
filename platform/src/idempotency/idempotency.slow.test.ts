import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
let north: TestTenant
let south: TestTenant
let owner: pg.Client

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
  north = await tenantWithKey(node, { tier: 'large' })
  south = await tenantWithKey(node, { tier: 'large' })
  owner = new pg.Client({ connectionString: database.superuserUrl })
  await owner.connect()
})
afterAll(async () => {
  await owner?.end()
  await node?.tenantry.close()
  await database?.drop()
})

let count = 0
const freshKey = () => `test-${++count}`

function post(path: string, body: unknown, idempotencyKey: string, tenant = north) {
  return node.call('POST', path, {
    host: 'api.localhost',
    key: tenant.key,
    body,
    headers: { 'idempotency-key': idempotencyKey },
  })
}

const racksNamed = async (name: string) =>
  (await owner.query('select count(*)::int as count from shelf.racks where name = $1', [name])).rows[0].count

test('the same request with the same key has one effect, and the same answer byte for byte', async () => {
  const key = freshKey()
  const first = await post('/v1/shelf/racks', { name: 'once' }, key)
  const second = await post('/v1/shelf/racks', { name: 'once' }, key)
  expect(first).toMatchObject({ status: 201 })
  expect(second).toMatchObject({ status: 201, text: first.text })
  expect(first.headers['idempotency-replayed']).toBeUndefined()
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(await racksNamed('once')).toBe(1)
})

test("a key used for another body is refused; another tenant's key of the same name is a key of its own", async () => {
  const key = freshKey()
  expect(await post('/v1/shelf/racks', { name: 'mine' }, key)).toMatchObject({ status: 201 })
  expect(await post('/v1/shelf/racks', { name: 'other' }, key)).toMatchObject({
    status: 422,
    body: { code: 'idempotency_key_reused' },
  })
  expect(await post('/v1/shelf/racks', { name: 'theirs' }, key, south)).toMatchObject({ status: 201, body: { name: 'theirs' } })
  expect(await racksNamed('other')).toBe(0)
})

test('twenty at the same time have one effect; each gets the answer or is told to wait', async () => {
  const key = freshKey()
  const answers = await Promise.all(Array.from({ length: 20 }, () => post('/v1/shelf/racks', { name: 'crowd' }, key)))
  expect(await racksNamed('crowd')).toBe(1)
  const done = answers.filter(({ status }) => status === 201)
  expect(new Set(done.map(({ text }) => text)).size).toBe(1)
  for (const { status, body } of answers)
    if (status !== 201) expect(['idempotency_key_in_use', 'overloaded']).toContain(body.code)
  expect(done.length).toBeGreaterThan(0)
})

test('an answer that showed a secret is repeated without it, and the secret is kept nowhere', async () => {
  const key = freshKey()
  const request = { name: 'shown once', permissions: ['tenant:read'] }
  const first = await post('/v1/keys', request, key)
  expect(first.body.credential).toMatch(/./)
  // Usable at once on this node, although its handler ran before the commit.
  expect(await node.call('GET', '/v1/limits', { host: 'api.localhost', key: first.body.credential })).toMatchObject({
    status: 200,
  })
  const second = await post('/v1/keys', request, key)
  const { credential: _, ...rest } = first.body
  expect(second).toMatchObject({ status: 201, body: rest })
  expect(second.body).not.toHaveProperty('credential')
  const { rows } = await owner.query('select response::text from tenantry.idempotency_keys')
  expect(rows.map((row) => row.response).join()).not.toContain(first.body.credential)
})

test('a refusal is kept and its effects are not; an exhausted quota may be tried again', async () => {
  const key = freshKey()
  const body = {
    name: 'granted',
    permissions: ['tenant:read'],
    reach: 'granted',
    grants: ['018f0000-0000-7000-8000-0000000000aa'],
  }
  const first = await post('/v1/keys', body, key)
  const second = await post('/v1/keys', body, key)
  expect(first).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(second.text).toBe(first.text)

  const small = await tenantWithKey(node)
  for (let made = 0; made < 3; made++) await post('/v1/shelf/racks', { name: 'full' }, freshKey(), small)
  const again = freshKey()
  expect(await post('/v1/shelf/racks', { name: 'full' }, again, small)).toMatchObject({ status: 429 })
  await node.tenantry.scope({ tenantId: small.tenant.id, actor: { kind: 'system', id: small.tenant.id } }).run({
    text: 'update tenantry.limits set max = 4',
    values: [],
  })
  expect(await post('/v1/shelf/racks', { name: 'full' }, again, small)).toMatchObject({ status: 201 })
})

test('metered quota is taken once per key, not by answers told again; a refusal by quota is not kept', async () => {
  const tenant = await tenantWithKey(node, { tier: 'large' })
  const scan = (key: string) => post('/v1/shelf/scans', undefined, key, tenant)
  const limit = (statement: string) =>
    node.tenantry
      .scope({ tenantId: tenant.tenant.id, actor: { kind: 'system', id: tenant.tenant.id } })
      .run({ text: statement, values: [] })
  const [first, second, third] = [freshKey(), freshKey(), freshKey()]
  for (let repetition = 0; repetition < 4; repetition++) expect(await scan(first)).toMatchObject({ status: 204 })
  expect(await limit(`select used from tenantry.quota_counters where meter = 'scans'`)).toEqual([{ used: 1 }])
  expect(await scan(second)).toMatchObject({ status: 204 })
  expect(await scan(third)).toMatchObject({ status: 429, body: { code: 'quota_exceeded' } })
  await limit(`update tenantry.limits set max = 3 where name = 'scans'`)
  expect(await scan(third)).toMatchObject({ status: 204 })
  expect(await scan(third)).toMatchObject({ status: 204, headers: { 'idempotency-replayed': 'true' } })
})

test('after a day the key is free again', async () => {
  const key = freshKey()
  await post('/v1/shelf/racks', { name: 'daily' }, key)
  await owner.query(`update tenantry.idempotency_keys set created_at = created_at - interval '25 hours' where key = $1`, [key])
  expect((await post('/v1/shelf/racks', { name: 'daily' }, key)).headers['idempotency-replayed']).toBeUndefined()
  expect(await racksNamed('daily')).toBe(2)
})

test('an operator who repeats a provisioning gets the same tenant; what is kept of it only his key opens', async () => {
  const credential = await operatorKey(node)
  const provision = (idempotencyKey: string, body: unknown) =>
    node.call('POST', '/v1/tenants', {
      host: 'dashboard.localhost',
      key: credential,
      body,
      headers: { 'idempotency-key': idempotencyKey },
    })
  const key = freshKey()
  const order = { slug: 'repeated', name: 'Repeated', system: 'shelf', billingEmail: 'money@example.com' }
  const first = await provision(key, order)
  const second = await provision(key, order)
  expect(first).toMatchObject({ status: 201 })
  expect(second).toMatchObject({ status: 201, text: first.text, headers: { 'idempotency-replayed': 'true' } })
  expect(second.headers.location).toBe(first.headers.location)
  expect(await provision(key, { ...order, name: 'Else' })).toMatchObject({ body: { code: 'idempotency_key_reused' } })
  const { rows } = await owner.query(
    `select o::text as kept, encode(response, 'escape') as response from tenantry.operator_idempotency o`,
  )
  expect(JSON.stringify(rows)).not.toMatch(/money@example\.com|repeated/i)
})
