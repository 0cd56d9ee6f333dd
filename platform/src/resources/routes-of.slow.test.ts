import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { v7 as uuid7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTenantry, type Tenantry } from '../server/create-tenantry.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { routesOf } from './routes-of.ts'
import { customers, shop } from './shop.test-support.ts'

let database: TestDatabase
let tenantry: Tenantry
let baseUrl: string
let key: string

beforeAll(async () => {
  database = await testDatabase({ systems: [{ name: shop.name, directory: shop.migrations }] })
  tenantry = await createTenantry({
    databaseUrl: database.appUrl,
    directoryUrl: database.directoryUrl,
    systems: [shop],
    logger: pino({ level: 'silent' }),
  })
  const { port } = await tenantry.listen({ host: '127.0.0.1', port: 0 })
  baseUrl = `http://127.0.0.1:${port}`
  key = await newKey()
})
afterAll(async () => {
  await tenantry?.close()
  await database?.drop()
})

async function newKey(): Promise<string> {
  const actor = { kind: 'system', id: uuid7() } as const
  const slug = `t${randomBytes(8).toString('hex')}`
  const { tenants, keys } = tenantry.services
  const { id } = await tenants.provision({ slug, name: slug, system: 'shop', tier: 'only' }, { actor })
  const entry = await tenantry.directory.tenantById(id)
  if (!entry) throw new Error('The directory does not know the tenant.')
  const creator = keys.everythingIn(entry)
  const made = await keys.create(
    tenantry.scope({ tenantId: id, actor }),
    { name: 'test', permissions: [...creator.permissions] },
    creator,
  )
  return made.credential
}

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, credential = key) {
  const response = await fetch(new URL(path, baseUrl), {
    method,
    headers: {
      authorization: `Bearer ${credential}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

test('a table of an embedding application becomes an API by its declaration alone', async () => {
  const made = await call('POST', '/v1/shop/customers', { name: 'Ada', city: 'London' })
  expect(made).toMatchObject({ status: 201, body: { name: 'Ada', active: true, rating: null, version: 1 } })
  const path = made.headers.get('location') ?? ''
  expect(path).toBe(`/v1/shop/customers/${made.body.id}`)

  const read = await call('GET', path)
  expect(read).toMatchObject({ status: 200, body: made.body })
  expect((await call('GET', path, undefined, { 'if-none-match': read.headers.get('etag') ?? '' })).status).toBe(304)

  const changed = await call('PATCH', path, { city: null }, { 'if-match': read.headers.get('etag') ?? '' })
  expect(changed).toMatchObject({ status: 200, body: { city: null, version: 2 } })
  expect(changed.headers.get('etag')).toBe('"v2"')

  expect(await call('GET', '/v1/shop/customers?search=ad&active=true&ratingMax=5')).toMatchObject({
    status: 200,
    body: { items: [], nextCursor: null },
  })
  expect(await call('GET', '/v1/shop/customers?search=ad')).toMatchObject({ body: { items: [{ name: 'Ada' }] } })
  expect(await call('DELETE', path, undefined, { 'if-match': '"v1"' })).toMatchObject({ status: 412 })
  expect(await call('DELETE', path, undefined, { 'if-match': '"v2"' })).toMatchObject({ status: 204 })
  expect(await call('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } })
})

test('a request repeated with its key makes one thing', async () => {
  const other = await newKey()
  const again = { 'idempotency-key': 'order-4711' }
  const answers = [
    await call('POST', '/v1/shop/customers', { name: 'Once' }, again, other),
    await call('POST', '/v1/shop/customers', { name: 'Once' }, again, other),
  ]
  expect(answers.map(({ status }) => status)).toEqual([201, 201])
  expect(answers[0]?.body).toEqual(answers[1]?.body)
})

test.each([
  ['GET', '/v1/shop/customers?limit=0'],
  ['GET', '/v1/shop/customers?limit=201'],
  ['GET', '/v1/shop/customers?sort=rating'],
  ['GET', '/v1/shop/customers?city=London'],
  ['GET', '/v1/shop/customers?ratingMin='],
  ['GET', '/v1/shop/customers?active=yes'],
  ['GET', '/v1/shop/customers?cursor=bm9uc2Vuc2U'],
  ['GET', '/v1/shop/customers?search=a&sort=name'],
  ['GET', '/v1/shop/customers/1'],
  ['POST', '/v1/shop/customers', { name: 'X', version: 3 }],
  ['POST', '/v1/shop/customers', { name: 'X', rating: 'high' }],
  ['POST', '/v1/shop/orders', { customerId: 'somebody', amount: 1 }],
  ['POST', '/v1/shop/orders', { customerId: uuid7(), amount: 2 ** 60 }],
])('%s %s %j is 400, with what to do', async (method, path, body?: unknown) => {
  const answer = await call(method, path, body)
  expect(answer).toMatchObject({ status: 400, body: { code: expect.stringMatching(/^invalid_/), advice: expect.any(String) } })
})

test('a change of nothing, or of what is set at creation only, is refused', async () => {
  const { body } = await call('POST', '/v1/shop/customers', { name: 'Carl' })
  const { body: order } = await call('POST', '/v1/shop/orders', { customerId: body.id, amount: 1 })
  for (const change of [{}, { customerId: body.id }]) {
    expect(await call('PATCH', `/v1/shop/orders/${order.id}`, change, { 'if-match': '"v1"' })).toMatchObject({ status: 400 })
  }
})

test('reads of a resource that is logged are in the access log, those of others are not', async () => {
  const { body: made } = await call('POST', '/v1/shop/customers', { name: 'Logged' })
  await call('GET', `/v1/shop/customers/${made.id}`)
  await call('GET', '/v1/shop/customers?limit=1')
  const before = await call('GET', '/v1/access-log')
  expect(before.body.items).toEqual([])

  const { body: order } = await call('POST', '/v1/shop/orders', { customerId: made.id, amount: 7 })
  await call('GET', `/v1/shop/orders/${order.id}`)
  await call('GET', '/v1/shop/orders?limit=1')
  const { body } = await call('GET', '/v1/access-log')
  expect(body.items.map(({ action, objectId }: { action: string; objectId: string | null }) => [action, objectId])).toEqual([
    ['order.list', null],
    ['order.read', order.id],
  ])
})

test('a field that may be null cannot be sorted by: declaring it fails at once', () => {
  expect(() => routesOf({ ...customers, sorts: ['city'] })).toThrow('customers cannot be sorted by city')
})
