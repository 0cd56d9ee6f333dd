import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { browserOf, cookieOfAnswer, identityNode, makeMember, newPerson } from '../identity/identity.test-support.ts'
import type { Person } from '../identity/identity.ts'
import { sql } from '../isolation/statement.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { claimsOf, newMember, program, scopeOf } from './tokens.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant
let south: TestTenant
let person: Person

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
  person = await newPerson(node)
  await makeMember(node, north, person, 'admin')
  await makeMember(node, south, person, 'viewer')
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const at = (host: string) => browserOf(node, host, person.email)
const stranger = () => newPerson(node)

test('[CRM-3] a browser makes tokens of its session: for the tenant of the host, with client, user, role and how he signed in', async () => {
  const browser = await at(north.host)
  const { status, body } = await browser.call('POST', '/v1/token', {})
  expect({ status, tenant: body.tenant.id, role: body.role }).toEqual({ status: 200, tenant: north.tenant.id, role: 'admin' })
  expect(claimsOf(body.accessToken)).toMatchObject({
    tid: north.tenant.id,
    sub: person.id,
    sk: 'browser',
    role: 'admin',
    reach: 'all',
    amr: ['password'],
  })
  expect(await node.call('GET', '/v1/keys', { host: north.host, key: body.accessToken })).toMatchObject({ status: 200 })
  expect((await browser.call('POST', '/v1/token')).status).toBe(200)
})

test("a session of one tenant's host is nothing on another's, nor on the bare domain, though the person belongs to both", async () => {
  const browser = await at(north.host)
  const nobody = await node.call('POST', '/v1/token', {
    host: south.host,
    headers: { origin: `http://${south.host}:${node.port}` },
  })
  for (const host of [south.host, 'localhost', 'api.localhost', 'dashboard.localhost']) {
    const headers = { cookie: browser.cookie, origin: `http://${host}:${node.port}` }
    const answer = await node.call('POST', '/v1/token', { host, headers })
    expect([host, answer.status, answer.text]).toEqual([host, 401, nobody.text])
  }
})

test('a token of a session on one host works for no other tenant, and names none in vain', async () => {
  const browser = await at(north.host)
  const { accessToken } = (await browser.call('POST', '/v1/token', {})).body
  expect((await node.call('GET', '/v1/tenants/current', { host: south.host, key: accessToken })).status).toBe(404)
  expect((await browser.call('POST', '/v1/token', { tenantId: south.tenant.id })).status).toBe(404)
})

test('[IIOT-3] on the bare domain the tenant preferred last serves, else the oldest membership, or one that is named', async () => {
  const somebody = await newPerson(node)
  const [oldest, middle, newest] = [await tenantWithKey(node), await tenantWithKey(node), await tenantWithKey(node)]
  for (const tenant of [oldest, middle, newest]) await makeMember(node, tenant, somebody)
  const browser = await browserOf(node, 'localhost', somebody.email)
  const minted = async (body: unknown = {}) => (await browser.call('POST', '/v1/token', body)).body.tenant.id
  expect(await minted()).toBe(oldest.tenant.id)
  expect(await minted({ tenantId: newest.tenant.id })).toBe(newest.tenant.id)
  expect((await browser.call('POST', '/v1/me/tenant', { slug: middle.tenant.slug })).status).toBe(200)
  expect(await minted()).toBe(middle.tenant.id)
  const move = { reason: 'unpaid', mode: 'blocked' } as const
  const actor = { kind: 'system', id: middle.tenant.id } as const
  await node.tenantry.services.tenants.move(middle.tenant.id, 'suspend', move, { actor })
  expect(await minted()).toBe(oldest.tenant.id)
})

test('[IIOT-3] who is no member of an active tenant gets no token', async () => {
  const lonely = await stranger()
  // A browser of somebody without a tenant, as invitations have it: signed in, and nowhere yet.
  const { services } = node.tenantry
  const door = { host: 'localhost', tenantId: undefined, address: '127.0.0.1', userAgent: undefined }
  const { cookie } = await services.identity.startSession(lonely, door, ['password'])
  const headers = { cookie: cookie.split(';')[0] ?? '', origin: `http://localhost:${node.port}` }
  const ask = (body: unknown) => node.call('POST', '/v1/token', { host: 'localhost', headers, body })
  const none = await ask({})
  expect(none).toMatchObject({ status: 403, body: { code: 'no_active_tenant' } })
  expect((await ask({ tenantId: north.tenant.id })).text).toBe(none.text)
  expect((await ask({ tenantId: crypto.randomUUID() })).text).toBe(none.text)
})

test('a cookie counts from pages of its own host only, and on routes of persons only', async () => {
  const { cookie } = await at(north.host)
  const own = `http://${north.host}:${node.port}`
  const ask = (headers: Record<string, string>) =>
    node.call('POST', '/v1/token', { host: north.host, headers: { cookie, ...headers } })
  expect((await ask({ origin: own })).status).toBe(200)
  expect((await ask({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  const others = [
    {},
    { origin: 'null' },
    { origin: `http://${south.host}:${node.port}` },
    { origin: `https://${north.host}:${node.port}` },
    { origin: `http://${north.host}` },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  ]
  for (const headers of others) expect(await ask(headers)).toMatchObject({ status: 403, body: { code: 'cross_site' } })
  expect((await node.call('GET', '/v1/tenants/current', { host: north.host, headers: { cookie, origin: own } })).status).toBe(401)
})

test('where a bearer is shown the cookie is not looked at; a key is no person', async () => {
  const { cookie } = await at(north.host)
  const headers = { cookie, origin: `http://${north.host}:${node.port}` }
  for (const key of [north.key, 'nonsense']) {
    expect((await node.call('POST', '/v1/token', { host: north.host, headers, key })).status).toBe(401)
  }
})

test('an access token does not make another one, nor a way to another host: a stolen one is over when it is over', async () => {
  const browser = await at(north.host)
  const { accessToken } = (await browser.call('POST', '/v1/token', {})).body
  const byToken = (path: string, body: unknown) => node.call('POST', path, { host: north.host, key: accessToken, body })
  expect((await byToken('/v1/token', {})).status).toBe(403)
  expect((await byToken('/v1/me/tenant', { tenantId: south.tenant.id })).status).toBe(403)
  const { accessToken: ofProgram } = await program(node, north, await newMember(node, north))
  const body = { tenantId: south.tenant.id }
  expect((await node.call('POST', '/v1/me/tenant', { host: north.host, key: ofProgram, body })).status).toBe(400)
})

test('[IIOT-3] a browser goes to another tenant of the person by a link that works once, there alone', async () => {
  const browser = await at(north.host)
  const { status, body } = await browser.call('POST', '/v1/me/tenant', { tenantId: south.tenant.id })
  expect({ status, tenant: body.tenant.slug, role: body.role }).toEqual({
    status: 200,
    tenant: south.tenant.slug,
    role: 'viewer',
  })
  const url = new URL(body.url)
  expect(url.host).toBe(`${south.host}:${node.port}`)
  const token = url.hash.slice('#token='.length)
  const use = (host: string) =>
    node.call('POST', '/v1/auth/hand-off', { host, body: { token }, headers: { origin: `http://${host}:${node.port}` } })
  expect((await use(north.host)).status).toBe(401)
  expect((await use('localhost')).status).toBe(404)
  const arrivals = await Promise.all(Array.from({ length: 20 }, () => use(south.host)))
  const [arrived, ...more] = arrivals.filter((answer) => answer.status === 204)
  if (arrived === undefined) throw new Error('nobody arrived')
  expect(more).toEqual([])
  const headers = { cookie: cookieOfAnswer(arrived), origin: `http://${south.host}:${node.port}` }
  const minted = await node.call('POST', '/v1/token', { host: south.host, headers, body: {} })
  expect(minted).toMatchObject({ status: 200, body: { tenant: { id: south.tenant.id }, role: 'viewer' } })
  expect(claimsOf(minted.body.accessToken).amr).toEqual(['password'])
})

test('a hand-off that is over, that was spoilt by a sign-out, or whose person has left meanwhile leads nowhere', async () => {
  const leaving = await newMember(node, north)
  await makeMember(node, south, leaving.person)
  const browser = await browserOf(node, north.host, leaving.person.email)
  const link = async () =>
    (await browser.call('POST', '/v1/me/tenant', { tenantId: south.tenant.id })).body.url.split('#token=')[1]
  const use = (token: string) => node.call('POST', '/v1/auth/hand-off', { host: south.host, body: { token } })
  const late = await link()
  await scopeOf(node, south).run(sql`update tenantry.hand_offs set expires_at = tenantry.clock()`)
  expect((await use(late)).status).toBe(401)
  const spoilt = await link()
  await node.tenantry.services.tokens.endFamiliesEverywhere(leaving.person.id, 'password_changed')
  expect((await use(spoilt)).status).toBe(401)
  const gone = await link()
  await scopeOf(node, south).run(sql`delete from tenantry.members where user_id = ${leaving.person.id}`)
  await node.tenantry.directory.catchUp()
  expect((await use(gone)).status).toBe(403)
})

test('[IIOT-3] a program goes on in another tenant with new tokens, if it shows its present refresh token', async () => {
  const member = await newMember(node, north)
  await makeMember(node, south, member.person, 'manager')
  const tokens = await program(node, north, member)
  const other = await program(node, north, member)
  const go = (refreshToken: string) =>
    node.call('POST', '/v1/me/tenant', {
      host: north.host,
      key: tokens.accessToken,
      body: { tenantId: south.tenant.id, refreshToken },
    })
  expect((await go(other.refreshToken)).status).toBe(401)
  const { status, body } = await go(tokens.refreshToken)
  expect({ status, role: body.role }).toEqual({ status: 200, role: 'manager' })
  expect((await node.call('GET', '/v1/tenants/current', { host: south.host, key: body.accessToken })).status).toBe(200)
  expect((await node.call('GET', '/v1/tenants/current', { host: north.host, key: body.accessToken })).status).toBe(404)
  const preferred = await node.tenantry.directory.membershipsOf(member.person.id)
  expect(preferred[0]?.tenant.id).toBe(south.tenant.id)
})

test("a tenant of another realm is not the person's, whatever is named", async () => {
  const realm = crypto.randomUUID()
  const white = await tenantWithKey(node)
  await ownRealm(white, realm)
  const browser = await browserOf(node, 'localhost', person.email)
  expect((await browser.call('POST', '/v1/token', { tenantId: white.tenant.id })).status).toBe(403)
  // Even a membership row with the same user id does not open the other realm's tenant.
  await makeMember(node, white, person, 'owner')
  expect((await browser.call('POST', '/v1/token', { tenantId: white.tenant.id })).status).toBe(403)
  expect((await browser.call('POST', '/v1/me/tenant', { tenantId: white.tenant.id })).status).toBe(403)
})

async function ownRealm({ tenant }: TestTenant, realm: string): Promise<void> {
  const owner = new pg.Client({ connectionString: database.superuserUrl })
  await owner.connect()
  await owner.query('insert into tenantry.realms (id, name) values ($1, $2)', [realm, `realm-${realm.slice(0, 8)}`])
  await owner.query(`select set_config('tenantry.tenant', $1, false)`, [tenant.id])
  await owner.query('update tenantry.tenants set realm_id = $1 where id = $2', [realm, tenant.id])
  await owner.end()
  await node.tenantry.directory.catchUp()
}
