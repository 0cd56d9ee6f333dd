import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityNode } from '../identity/identity.test-support.ts'
import { sql } from '../isolation/statement.ts'
import {
  databaseWithSystems,
  operatorKey,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { claimsOf, newMember, program, scopeOf, until } from './tokens.test-support.ts'

/** Milliseconds that the platform promises, and what a busy machine adds before a test looks. */
const aSecond = 3_000
const dashboard = 'dashboard.localhost'

let database: TestDatabase
let here: TestNode
let there: TestNode
let north: TestTenant
let key: string

beforeAll(async () => {
  database = await databaseWithSystems()
  here = await identityNode(database)
  there = await identityNode(database)
  north = await tenantWithKey(here)
  key = await operatorKey(here)
})
afterAll(async () => {
  await Promise.all([here?.tenantry.close(), there?.tenantry.close()])
  await database?.drop()
})

const reason = { 'tenantry-reason': 'Ticket 7' }
const asOperator = (method: string, path: string, body?: unknown, headers = reason) =>
  here.call(method, path, { host: dashboard, key, body, headers })
const asMember = (method: string, path: string, token: string, { body, on = here }: { body?: unknown; on?: TestNode } = {}) =>
  on.call(method, path, { host: north.host, key: token, body })

async function act(order: Record<string, unknown> = {}, role: Parameters<typeof newMember>[2] = 'admin', tenant = north) {
  const { memberId } = await newMember(here, tenant, role)
  const { status, body } = await asOperator('POST', `/v1/tenants/${tenant.tenant.id}/members/${memberId}/token`, order)
  expect(status).toBe(200)
  return { ...body, memberId, claims: claimsOf(body.accessToken) }
}
const follow = (url: string, host = north.host) =>
  here.call('POST', '/v1/auth/operator-access', { host, body: { token: url.slice(-43) } })
const newKey = { name: 'by two', permissions: ['tenant:read'] }

test('[SEC-10] an operator acts as a member for as long as he asks: both are in the tenant’s audit, and neither is the person', async () => {
  const { accessToken, memberId, claims } = await act({ minutes: 15, readOnly: false })
  expect(claims).toMatchObject({ mid: memberId, act: { sub: expect.any(String) }, iss: `http://${north.host}:${here.port}` })
  expect(claims.act.ro).toBeUndefined()
  expect(claims.exp - claims.iat).toBeGreaterThan(15 * 60 - 5)
  expect(claims.exp - claims.iat).toBeLessThanOrEqual(15 * 60 + 1)

  const made = await asMember('POST', '/v1/keys', accessToken, { body: newKey })
  expect(made.status).toBe(201)
  const entry = await scopeOf(here, north).first(sql<{ actorId: string; impersonator: string }>`
    select actor_id, impersonator from tenantry.audit_entries where object_id = ${made.body.id}`)
  expect(entry).toEqual({ actorId: memberId, impersonator: claims.act.sub })

  expect((await there.call('POST', '/v1/token', { host: north.host, key: accessToken })).status).toBe(403)
})

test('[SEC-10] who acts reads and changes nothing unless he asks for more', async () => {
  const { accessToken, readOnly, claims } = await act()
  expect(readOnly).toBe(true)
  expect(claims.act).toEqual({ sub: expect.any(String), ro: true })
  expect((await asMember('GET', '/v1/keys', accessToken)).status).toBe(200)
  const refused = await asMember('POST', '/v1/keys', accessToken, { body: newKey })
  expect([refused.status, refused.body.code]).toEqual([403, 'acting_read_only'])
  expect((await asMember('PATCH', '/v1/tenants/current', accessToken, { body: { name: 'Mine' } })).status).toBe(403)
})

test('[SEC-10] nobody acts without a reason, for more than an hour, or as somebody of another tenant', async () => {
  const { memberId } = await newMember(here, north)
  const other = await tenantWithKey(here)
  const path = (id: string) => `/v1/tenants/${north.tenant.id}/members/${id}/token`
  expect((await asOperator('POST', path(memberId), {}, {} as typeof reason)).body.code).toBe('reason_required')
  expect((await asOperator('POST', path(memberId), { minutes: 61 })).body.code).toBe('invalid_request')
  const foreign = await asOperator('POST', path((await newMember(here, other)).memberId), {})
  const absent = await asOperator('POST', path(crypto.randomUUID()), {})
  expect(foreign.status).toBe(404)
  expect(foreign.text).toBe(absent.text)
})

test('[SEC-10] the tenant sees who acts, as whom and why, in its audit too, and ends it: he is out within a second everywhere', async () => {
  const { id, accessToken, memberId, claims } = await act({}, 'manager')
  const list = async () => (await asMember('GET', '/v1/operator-access?running=true', north.key)).body.items
  expect(await list()).toContainEqual(
    expect.objectContaining({
      id,
      memberId,
      operatorId: claims.act.sub,
      operatorName: 'Olivia',
      reason: 'Ticket 7',
      running: true,
    }),
  )
  const audit = await asMember('GET', `/v1/audit?objectId=${id}`, north.key)
  expect(audit.body.items[0]).toMatchObject({
    action: 'tenantry.operator_access.created',
    actorKind: 'operator',
    after: { reason: 'Ticket 7', member_id: memberId },
  })

  expect((await asMember('GET', '/v1/keys', accessToken, { on: there })).status).toBe(200)
  expect((await asMember('POST', `/v1/operator-access/${id}/end`, north.key)).body).toMatchObject({ id, running: false })
  expect((await asMember('GET', '/v1/keys', accessToken)).status).toBe(401)
  expect(await until(401, () => asMember('GET', '/v1/keys', accessToken, { on: there }))).toBeLessThan(aSecond)
  expect((await list()).map((each: { id: string }) => each.id)).not.toContain(id)
  expect((await asMember('POST', `/v1/operator-access/${id}/end`, north.key)).status).toBe(404)
})

test.each(['read_only', 'blocked'] as const)(
  '[SEC-10] a tenant that is suspended, %s, still ends an operator’s access',
  async (mode) => {
    const tenant = await tenantWithKey(here)
    const move = (what: string, more = {}) =>
      asOperator('POST', `/v1/tenants/${tenant.tenant.id}/${what}`, { reason: 'A test', ...more })
    const { id } = await act({}, 'admin', tenant)
    expect((await move('suspend', { mode })).status).toBe(200)
    const call = (method: string, path: string) => here.call(method, path, { host: tenant.host, key: tenant.key })
    expect((await call('GET', '/v1/operator-access?running=true')).body.items).toMatchObject([{ id }])
    expect(await call('POST', `/v1/operator-access/${id}/end`)).toMatchObject({ status: 200, body: { running: false } })
    expect((await call('GET', '/v1/operator-access?running=true')).body.items).toEqual([])
    // Nothing else can be changed in it.
    expect((await call('DELETE', `/v1/keys/${tenant.keyId}`)).body.code).toBe('tenant_suspended')
  },
)

test('[SEC-10] operators see all that runs, and end each other’s', async () => {
  const { id, accessToken } = await act()
  const running = async () => (await asOperator('GET', '/v1/operations/operator-access')).body.items
  expect(await running()).toContainEqual(
    expect.objectContaining({ id, tenant: expect.objectContaining({ id: north.tenant.id }) }),
  )
  expect((await asOperator('POST', `/v1/tenants/${north.tenant.id}/operator-access/${id}/end`)).status).toBe(200)
  expect((await asMember('GET', '/v1/keys', accessToken)).status).toBe(401)
  expect((await running()).map((each: { id: string }) => each.id)).not.toContain(id)
})

test('who acts learns as whom, until when and by which reason, and stops, also where he may only read', async () => {
  const { accessToken, memberId, id } = await act()
  expect((await asMember('GET', '/v1/operator-access/current', accessToken)).body.acting).toMatchObject({
    id,
    memberId,
    memberRole: 'admin',
    reason: 'Ticket 7',
    readOnly: true,
    operatorName: 'Olivia',
  })
  expect((await asMember('POST', '/v1/operator-access/current/end', accessToken)).status).toBe(204)
  expect((await asMember('GET', '/v1/operator-access/current', accessToken)).status).toBe(401)
})

test('a member who is himself acts as nobody', async () => {
  const { accessToken } = await program(here, north, await newMember(here, north))
  expect((await asMember('GET', '/v1/operator-access/current', accessToken)).body).toEqual({ acting: null })
  expect((await asMember('POST', '/v1/operator-access/current/end', accessToken)).status).toBe(404)
})

test('[SEC-10] the link opens it in a browser on the tenant’s host: once, there alone, and as read-only as it was asked for', async () => {
  const { url, id } = await act({ minutes: 60 })
  expect(url).toMatch(new RegExp(`^http://${north.host}:${here.port}/act-as#token=[\\w-]{43}$`))
  const other = await tenantWithKey(here)
  const elsewhere = await follow(url, other.host)
  expect([elsewhere.status, elsewhere.body.code]).toEqual([401, 'unauthenticated'])
  const opened = await follow(url)
  expect(opened.status).toBe(200)
  expect(claimsOf(opened.body.accessToken)).toMatchObject({ sid: id, act: { ro: true } })
  expect((await asMember('POST', '/v1/keys', opened.body.accessToken, { body: newKey })).body.code).toBe('acting_read_only')
  expect((await follow(url)).status).toBe(401)
})

test('a link leads nowhere once its access was ended, its minute is over, or its operator was disabled', async () => {
  const ended = await act()
  await asMember('POST', `/v1/operator-access/${ended.id}/end`, north.key)
  expect((await follow(ended.url)).status).toBe(401)
  const late = await act()
  await scopeOf(here, north).run(sql`update tenantry.operator_access
    set hand_off_until = tenantry.clock() where id = ${late.id}`)
  expect((await follow(late.url)).status).toBe(401)
  const page = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }
  const { url } = await act()
  const body = { token: url.slice(-43) }
  const foreign = await here.call('POST', '/v1/auth/operator-access', { host: north.host, body, headers: page })
  expect(foreign.body.code).toBe('cross_site')
  expect((await follow(url)).status).toBe(200)
})

test('a disabled operator, and one who acts as a member who was removed, are out within a second', async () => {
  const own = await operatorKey(here)
  const mine = async () => {
    const { memberId } = await newMember(here, north, 'admin')
    const path = `/v1/tenants/${north.tenant.id}/members/${memberId}/token`
    return { memberId, body: (await here.call('POST', path, { host: dashboard, key: own, headers: reason, body: {} })).body }
  }
  const [removed, disabled] = [await mine(), await mine()]
  await scopeOf(here, north).run(sql`delete from tenantry.members where id = ${removed.memberId}`)
  expect(await until(401, () => asMember('GET', '/v1/keys', removed.body.accessToken, { on: there }))).toBeLessThan(aSecond)
  await here.tenantry.services.operators.disable(claimsOf(disabled.body.accessToken).act.sub)
  expect(await until(401, () => asMember('GET', '/v1/keys', disabled.body.accessToken, { on: there }))).toBeLessThan(aSecond)
  expect((await follow(disabled.body.url)).status).toBe(401)
})
