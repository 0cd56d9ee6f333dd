import { afterAll, beforeAll, expect, test } from 'vitest'
import { browserOf, comparable, identityNode } from '../identity/identity.test-support.ts'
import { sql } from '../isolation/statement.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { actAs, claimsOf, newMember, program, refresh, scopeOf, type TestMember, until } from './tokens.test-support.ts'

let database: TestDatabase
let node: TestNode
let other: TestNode
let north: TestTenant
let south: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  other = await identityNode(database)
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
})
afterAll(async () => {
  await Promise.all([node?.tenantry.close(), other?.tenantry.close()])
  await database?.drop()
})

const sessions = '/v1/me/sessions'
const ask = (method: string, path: string, key: string, on = node, host = north.host) => on.call(method, path, { host, key })
const current = (key: string, on = node, host = north.host) => ask('GET', '/v1/tenants/current', key, on, host)
const sidOf = (tokens: { readonly accessToken: string }): string => claimsOf(tokens.accessToken).sid
const itemsOf = async (key: string) => (await ask('GET', sessions, key)).body.items
const idsOf = async (key: string) => (await itemsOf(key)).map(({ id }: { id: string }) => id)

async function ofBoth(): Promise<TestMember> {
  const member = await newMember(node, north)
  await newMember(node, south, 'viewer', member.person)
  return member
}

/** As a program signs in over HTTP. */
const signInAsProgram = async ({ person: { email } }: TestMember, { host }: TestTenant, userAgent: string) =>
  (
    await node.call('POST', '/v1/auth/sign-in', {
      host,
      headers: { 'user-agent': userAgent, 'x-forwarded-for': '203.0.113.9' },
      body: { email, password: 'correct horse battery staple', as: 'program' },
    })
  ).body

test('browsers and programs are listed together, in all tenants of the person, the newest first; nobody else is', async () => {
  const member = await ofBoth()
  await program(node, north, await newMember(node, north))
  const first = await signInAsProgram(member, south, 'meter/1.0')
  const browser = await browserOf(node, north.host, member.person.email)
  const second = await program(node, north, member)
  const { items } = (await browser.call('GET', sessions)).body
  expect(items).toMatchObject([
    { id: sidOf(second), kind: 'program', current: false, tenantId: north.tenant.id, tenantName: north.tenant.name },
    { kind: 'browser', current: true, tenantId: north.tenant.id, host: north.host },
    {
      id: sidOf(first),
      kind: 'program',
      current: false,
      tenantId: south.tenant.id,
      tenantName: south.tenant.name,
      userAgent: 'meter/1.0',
      address: '203.0.113.9',
      methods: ['password'],
    },
  ])
  expect(items).toHaveLength(3)
  for (const { createdAt, usedAt, expiresAt } of items) {
    // Of two clocks: each statement's own, and the transaction's.
    expect(Date.parse(usedAt)).toBeGreaterThan(Date.parse(createdAt) - 1_000)
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.parse(usedAt))
  }
})

test('a program that asks is the current one, and a refresh is a use of it', async () => {
  const member = await ofBoth()
  const tokens = await program(node, north, member)
  const sid = sidOf(tokens)
  await scopeOf(node, north).run(sql`update tenantry.refresh_families
    set rotated_at = rotated_at - interval '2 hours', created_at = created_at - interval '3 hours' where id = ${sid}`)
  const [before] = await itemsOf(tokens.accessToken)
  const { accessToken } = (await refresh(node, north.host, tokens.refreshToken)).body
  const [after] = await itemsOf(accessToken)
  expect([before.id, before.current, after.id, after.current]).toEqual([sid, true, sid, true])
  expect(Date.parse(after.usedAt) - Date.parse(before.usedAt)).toBeGreaterThanOrEqual(2 * 3_600_000)
})

test('a browser ends a program of another tenant: out here at once and soon on the other node, in his name', async () => {
  const member = await ofBoth()
  const [ended, staying] = [await program(node, south, member), await program(node, south, member)]
  expect((await current(ended.accessToken, other, south.host)).status).toBe(200)
  const browser = await browserOf(node, north.host, member.person.email)
  expect((await browser.call('DELETE', `${sessions}/${sidOf(ended)}`)).status).toBe(204)
  expect((await current(ended.accessToken, node, south.host)).status).toBe(401)
  await until(401, () => current(ended.accessToken, other, south.host))
  expect((await refresh(other, south.host, ended.refreshToken)).status).toBe(401)
  expect((await current(staying.accessToken, node, south.host)).status).toBe(200)
  expect(await idsOf(browserToken(await browser.call('POST', '/v1/token', {})))).not.toContain(sidOf(ended))
  const entry = await scopeOf(node, south).first(sql<{ kind: string; because: string; mine: boolean }>`
    select actor_kind as kind, after ->> 'ended_because' as because,
           actor_id = (select id from tenantry.members where user_id = ${member.person.id}) as mine
      from tenantry.audit_entries where object_id = ${sidOf(ended)} and after ->> 'ended_at' is not null`)
  expect(entry).toEqual({ kind: 'member', because: 'signed_out', mine: true })
})

const browserToken = (answer: { readonly body: { readonly accessToken: string } }) => answer.body.accessToken

test('a program ends a browser, with the tokens that the browser made', async () => {
  const member = await ofBoth()
  const browser = await browserOf(node, north.host, member.person.email)
  const made = browserToken(await browser.call('POST', '/v1/token', {}))
  const { accessToken } = await program(node, north, member)
  const { id } = (await itemsOf(accessToken)).find(({ kind }: { kind: string }) => kind === 'browser')
  expect((await ask('DELETE', `${sessions}/${id}`, accessToken)).status).toBe(204)
  expect((await browser.call('GET', '/v1/me')).status).toBe(401)
  expect((await current(made)).status).toBe(401)
  expect((await current(accessToken)).status).toBe(200)
})

test('who signs out everywhere else stays in the one that asks, browser or program, and nothing of a neighbour ends', async () => {
  const neighbour = await program(node, north, await newMember(node, north))
  const member = await ofBoth()
  const browser = await browserOf(node, north.host, member.person.email)
  const [here, there] = [await program(node, north, member), await program(node, south, member)]
  expect((await current(there.accessToken, other, south.host)).status).toBe(200)
  expect((await ask('DELETE', sessions, here.accessToken)).status).toBe(204)
  expect((await browser.call('GET', '/v1/me')).status).toBe(401)
  expect((await current(there.accessToken, node, south.host)).status).toBe(401)
  await until(401, () => current(there.accessToken, other, south.host))
  expect(await idsOf(here.accessToken)).toEqual([sidOf(here)])

  const again = await browserOf(node, north.host, member.person.email)
  expect((await again.call('DELETE', sessions)).status).toBe(204)
  expect((await refresh(node, north.host, here.refreshToken)).status).toBe(401)
  expect((await again.call('GET', sessions)).body.items).toMatchObject([{ kind: 'browser', current: true }])
  expect((await current(neighbour.accessToken)).status).toBe(200)
})

test('a hand-off that is on its way is over, too, when he signs out everywhere else', async () => {
  const member = await ofBoth()
  const stranger = await browserOf(node, north.host, member.person.email)
  const { url } = (await stranger.call('POST', '/v1/me/tenant', { tenantId: south.tenant.id })).body
  const { accessToken } = await program(node, north, member)
  expect((await ask('DELETE', sessions, accessToken)).status).toBe(204)
  const headers = { origin: `http://${south.host}:${node.port}` }
  const accepted = await node.call('POST', '/v1/auth/hand-off', { host: south.host, headers, body: { token: url.slice(-43) } })
  expect(accepted.status).toBe(401)
})

test("somebody else's program or browser, one that has ended and one that never was are the same, and nothing of them ends", async () => {
  const [member, neighbour] = [await ofBoth(), await ofBoth()]
  const { accessToken } = await program(node, north, member)
  const foreign = await program(node, north, neighbour)
  const browser = await browserOf(node, north.host, neighbour.person.email)
  const theirs = (await browser.call('GET', sessions)).body.items.find(({ kind }: { kind: string }) => kind === 'browser')
  const over = await program(node, north, member)
  expect((await ask('DELETE', `${sessions}/${sidOf(over)}`, accessToken)).status).toBe(204)
  const answers = []
  for (const id of [crypto.randomUUID(), sidOf(foreign), theirs.id, sidOf(over)]) {
    answers.push(comparable(await ask('DELETE', `${sessions}/${id}`, accessToken)))
  }
  expect(answers[0]?.status).toBe(404)
  expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1)
  expect((await current(foreign.accessToken)).status).toBe(200)
  expect((await browser.call('GET', '/v1/me')).status).toBe(200)
})

test('what has run out, and what is in a tenant that he left, is not listed', async () => {
  const member = await ofBoth()
  const asking = await program(node, north, member)
  const [expired, left] = [await program(node, north, member), await program(node, south, member)]
  await scopeOf(node, north).run(sql`update tenantry.refresh_families
    set expires_at = tenantry.clock() where id = ${sidOf(expired)}`)
  await scopeOf(node, south).run(sql`delete from tenantry.members where user_id = ${member.person.id}`)
  await node.tenantry.directory.catchUp()
  expect(await idsOf(asking.accessToken)).toEqual([sidOf(asking)])
  // It may be ended all the same: nothing of his is left to somebody else.
  expect((await ask('DELETE', `${sessions}/${sidOf(left)}`, asking.accessToken)).status).toBe(204)
})

test('an operator who acts as him is listed without saying where he sits, and may be shown the door', async () => {
  const member = await ofBoth()
  const { accessToken } = await program(node, north, member)
  const { rows } = await node.tenantry.directory.pool.query(
    `insert into tenantry.operators (email, name) values ($1, 'Otto') returning id`,
    [`${crypto.randomUUID()}@example.com`],
  )
  const origin = { requestId: 'test', address: '198.51.100.7', userAgent: 'operator console' }
  const scope = node.tenantry.scope({ tenantId: north.tenant.id, actor: { kind: 'operator', id: rows[0].id }, origin })
  const acting = await actAs(node, scope, member.memberId, rows[0].id)
  const [listed] = await itemsOf(accessToken)
  expect(listed).toMatchObject({ id: sidOf(acting), kind: 'program', methods: ['operator'] })
  expect(JSON.stringify(listed)).not.toMatch(/198\.51|console/)
  expect((await ask('GET', sessions, acting.accessToken)).status).toBe(403)
  expect((await ask('DELETE', `${sessions}/${sidOf(acting)}`, accessToken)).status).toBe(204)
  expect((await current(acting.accessToken)).status).toBe(401)
})
