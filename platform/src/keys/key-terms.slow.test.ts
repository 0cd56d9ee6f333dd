import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinAs, startPeopleNode } from '../members/people.test-support.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant
let south: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startPeopleNode(database, { trustedProxies: ['127.0.0.1'] })
  north = await tenantWithKey(node, { tier: 'large' })
  south = await tenantWithKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const racks = '/v1/shelf/racks'
const asAdmin = (method: string, path: string, body?: unknown, tenant = north) =>
  node.call(method, path, { host: tenant.host, key: tenant.key, body })

async function newKey(terms: Record<string, unknown> = {}, tenant = north) {
  const { status, body } = await asAdmin(
    'POST',
    '/v1/keys',
    { name: 'integration', permissions: ['shelf.racks:read'], ...terms },
    tenant,
  )
  expect(status).toBe(201)
  return body
}
const readFrom = (address: string, key: string) =>
  node.call('GET', racks, { host: north.host, key, headers: { 'x-forwarded-for': address } })
const read = (key: string) => node.call('GET', racks, { host: north.host, key })

test('[FIN-6] a key has 1,000 requests an hour where nobody said otherwise', async () => {
  const plain = await startPeopleNode(database, { keyRate: 1_000 })
  try {
    const { credential, requestsPerHour } = await newKey()
    expect(requestsPerHour).toBeNull()
    const { headers } = await plain.call('GET', racks, { host: north.host, key: credential })
    expect(headers['ratelimit-policy']).toContain('"key";q=1000;w=3600')
    expect(headers.ratelimit).toContain('"key";r=999;')
    expect((await import('../configuration/configuration.ts')).readConfiguration({}).keyRate).toBe(1_000)
  } finally {
    await plain.tenantry.close()
  }
})

test('[FIN-6] a key at its own rate is told which and for how long, and takes nothing from another key', async () => {
  const [busy, other] = [await newKey({ requestsPerHour: 3 }), await newKey({ requestsPerHour: 3 })]
  const statuses = []
  for (let n = 0; n < 4; n += 1) statuses.push((await read(busy.credential)).status)
  expect(statuses).toEqual([200, 200, 200, 429])
  const refused = await read(busy.credential)
  expect(refused.body).toMatchObject({ code: 'rate_limited', policy: 'key', limit: 3, window: 3_600 })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(1_000)
  expect(refused.headers['ratelimit-policy']).toBe('"key";q=3;w=3600')
  expect(refused.headers.ratelimit).toMatch(/^"key";r=0;t=\d+$/)
  expect((await read(other.credential)).status).toBe(200)

  expect((await asAdmin('PATCH', `/v1/keys/${busy.id}`, { requestsPerHour: 5 })).body.requestsPerHour).toBe(5)
  expect((await read(busy.credential)).headers.ratelimit).toContain('"key";r=1;')
})

test('[FIN-6] a key with a list of addresses works from there and nowhere else, however the address is written', async () => {
  const { id, credential, allowedAddresses } = await newKey({
    allowedAddresses: ['::ffff:10.1.0.0/112', '2001:DB8::/32', '10.1.0.0/16'],
  })
  expect(allowedAddresses).toEqual(['10.1.0.0/16', '2001:db8::/32'])
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::7']) {
    expect((await readFrom(address, credential)).status, address).toBe(200)
  }
  for (const address of ['10.2.0.1', '2001:db9::7']) {
    const refused = await readFrom(address, credential)
    expect(refused, address).toMatchObject({ status: 403, body: { code: 'address_not_allowed', address, by: 'key' } })
  }
  await asAdmin('PATCH', `/v1/keys/${id}`, { allowedAddresses: ['10.2.0.0/16'] })
  expect((await readFrom('10.1.2.3', credential)).status).toBe(403)
  expect((await readFrom('10.2.0.1', credential)).status).toBe(200)
  await asAdmin('PATCH', `/v1/keys/${id}`, { allowedAddresses: [] })
  expect((await readFrom('192.0.2.1', credential)).status).toBe(200)
})

test.each([['10.0.0.0/33'], ['10.0.0/8'], ['10.0.0.1/8'], ['office'], ['2001:db8::/129'], ['10.0.0.0/8 '], ['']])(
  '[FIN-6] a key whose addresses have a typo, %j, is not made',
  async (typo) => {
    const before = (await asAdmin('GET', '/v1/keys?limit=200')).body.items.length
    const body = { name: 'typo', permissions: ['shelf.racks:read'], allowedAddresses: ['203.0.113.0/24', typo] }
    const refused = await asAdmin('POST', '/v1/keys', body)
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ in: 'body', pointer: '/allowedAddresses/1' }] },
    })
    expect((await asAdmin('GET', '/v1/keys?limit=200')).body.items).toHaveLength(before)
  },
)

test.each([0, -1, 1.5, 1e12, '10', Number.NaN])('[FIN-6] a rate of %s an hour is refused', async (requestsPerHour) => {
  const body = {
    name: 'rate',
    permissions: ['shelf.racks:read'],
    requestsPerHour: Number.isNaN(requestsPerHour) ? 'NaN' : requestsPerHour,
  }
  expect(await asAdmin('POST', '/v1/keys', body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
})

test('[FIN-6] a rotated key has a successor that may the same; both work until the overlap is over', async () => {
  const old = await newKey({ requestsPerHour: 77, allowedAddresses: ['127.0.0.0/8'] })
  const rotated = await asAdmin('POST', `/v1/keys/${old.id}/rotate`, { overlap: 3_600 })
  expect(rotated.status).toBe(201)
  const { credential, ...next } = rotated.body
  expect(credential).not.toBe(old.credential)
  expect(next).toMatchObject({
    name: old.name,
    permissions: old.permissions,
    requestsPerHour: 77,
    allowedAddresses: ['127.0.0.0/8'],
    replaces: old.id,
    expiresAt: null,
  })
  expect([(await read(old.credential)).status, (await read(credential)).status]).toEqual([200, 200])
  const ends = Date.parse((await asAdmin('GET', `/v1/keys/${old.id}`)).body.expiresAt)
  expect(Math.abs(ends - (node.tenantry.directory.clock() + 3_600_000))).toBeLessThan(60_000)

  const last = await asAdmin('POST', `/v1/keys/${next.id}/rotate`, { overlap: 0 })
  expect((await read(credential)).status).toBe(401)
  expect((await read(last.body.credential)).status).toBe(200)
})

test('[FIN-6] a rotation brings no old key a longer life', async () => {
  const soon = new Date(node.tenantry.directory.clock() + 120_000).toISOString()
  const old = await newKey({ expiresAt: soon })
  const { body: next } = await asAdmin('POST', `/v1/keys/${old.id}/rotate`, { overlap: 86_400 })
  expect(Date.parse((await asAdmin('GET', `/v1/keys/${old.id}`)).body.expiresAt)).toBe(Date.parse(soon))
  expect(Date.parse(next.expiresAt)).toBeGreaterThanOrEqual(Date.parse(soon))
})

test("[FIN-6] nobody gets by a rotation what he may not, and nobody's key is rotated from another tenant", async () => {
  const strong = await newKey({ permissions: ['shelf.racks:read', 'shelf.racks:write'] })
  const weak = await newKey({ permissions: ['keys:write', 'keys:read', 'shelf.racks:read'] })
  const by = (key: string, id: string) => node.call('POST', `/v1/keys/${id}/rotate`, { host: north.host, key, body: {} })
  expect(await by(weak.credential, strong.id)).toMatchObject({ status: 403, body: { permission: 'shelf.racks:write' } })
  expect((await asAdmin('POST', `/v1/keys/${strong.id}/rotate`, {}, south)).status).toBe(404)
  expect((await asAdmin('PATCH', `/v1/keys/${strong.id}`, { name: 'mine' }, south)).status).toBe(404)
  expect(
    await node.call('PATCH', `/v1/keys/${strong.id}`, { host: north.host, key: weak.credential, body: { name: 'x' } }),
  ).toMatchObject({
    status: 403,
  })
  const manager = await joinAs(node, north, 'manager')
  expect((await manager.call('POST', `/v1/keys/${strong.id}/rotate`, { body: {} })).status).toBe(403)

  const limited = await newKey({ permissions: ['keys:write', 'shelf.racks:read'], reach: 'granted' })
  const same = await newKey({ permissions: ['shelf.racks:read'], reach: 'granted' })
  expect((await by(limited.credential, same.id)).status).toBe(403)
  expect(await by(limited.credential, limited.id)).toMatchObject({ status: 201, body: { reach: 'granted' } })
})

test('[FIN-6] a key that is over is not rotated, and not changed', async () => {
  const { id } = await newKey()
  await asAdmin('DELETE', `/v1/keys/${id}`)
  expect(await asAdmin('POST', `/v1/keys/${id}/rotate`, {})).toMatchObject({ status: 409, body: { code: 'conflict' } })
  expect(await asAdmin('PATCH', `/v1/keys/${id}`, { name: 'again' })).toMatchObject({ status: 409 })
  const expired = await newKey()
  await asAdmin('POST', `/v1/keys/${expired.id}/rotate`, { overlap: 0 })
  expect(await asAdmin('POST', `/v1/keys/${expired.id}/rotate`, {})).toMatchObject({ status: 409 })
})

test('[FIN-6] a key does not shut itself out', async () => {
  const own = await newKey({ permissions: ['keys:write', 'keys:read'] })
  const change = (allowedAddresses: readonly string[]) =>
    node.call('PATCH', `/v1/keys/${own.id}`, { host: north.host, key: own.credential, body: { allowedAddresses } })
  expect(await change(['192.0.2.0/24'])).toMatchObject({ status: 409, body: { code: 'would_lock_out', address: '127.0.0.1' } })
  expect(await change(['127.0.0.1'])).toMatchObject({ status: 200, body: { allowedAddresses: ['127.0.0.1/32'] } })
})

test('[FIN-6] unknown, malformed, expired and revoked keys are answered alike', async () => {
  const [revoked, expired] = [await newKey(), await newKey()]
  await asAdmin('DELETE', `/v1/keys/${revoked.id}`)
  await asAdmin('POST', `/v1/keys/${expired.id}/rotate`, { overlap: 0 })
  const unknown = `${revoked.credential.slice(0, 30)}x${revoked.credential.slice(31)}`
  const answers = await Promise.all([revoked.credential, expired.credential, unknown, 'nonsense'].map(read))
  for (const { status, text } of answers) expect([status, text]).toEqual([401, answers[0]?.text])
})
