import { type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { browserOf, identityNode } from '../identity/identity.test-support.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { actAs, claimsOf, newMember, program, refresh, scopeOf, type TestMember, until } from './tokens.test-support.ts'

/** Milliseconds that the platform promises, and what a busy machine adds before a test looks. */
const aSecond = 3_000

let database: TestDatabase
let here: TestNode
let there: TestNode
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  here = await identityNode(database)
  there = await identityNode(database, { slowConnections: 3 })
  north = await tenantWithKey(here)
})
afterAll(async () => {
  await Promise.all([here?.tenantry.close(), there?.tenantry.close()])
  await database?.drop()
})

const get = (node: TestNode, path: string, key: string, host = north.host) => node.call('GET', path, { host, key })
const current = '/v1/tenants/current'
/** As another process does it: no node is told. */
const change = (statement: SqlFragment, tenant = north) => scopeOf(here, tenant).run(statement)

async function readers(role: Parameters<typeof newMember>[2] = 'user') {
  const member = await newMember(here, north, role)
  const tokens = await program(here, north, member)
  expect((await get(there, current, tokens.accessToken)).status).toBe(200)
  return { member, tokens }
}

test('[BMS-5] a removed member is out within a second on the other node, with a living token and a living refresh token', async () => {
  const { member, tokens } = await readers()
  await change(sql`delete from tenantry.members where id = ${member.memberId}`)
  expect(await until(401, () => get(there, current, tokens.accessToken))).toBeLessThan(aSecond)
  expect((await refresh(there, north.host, tokens.refreshToken)).status).toBe(401)
})

test('a member who was removed and came back is another member: tokens of before stay out', async () => {
  const { member, tokens } = await readers()
  await change(sql`delete from tenantry.members where id = ${member.memberId}`)
  await newMember(here, north, 'owner', member.person)
  expect(await until(401, () => get(there, current, tokens.accessToken))).toBeLessThan(aSecond)
  await sleep(500)
  expect((await get(there, current, tokens.accessToken)).status).toBe(401)
})

test('a demoted admin can do no more than his new role within a second, by the token that says admin', async () => {
  const { member, tokens } = await readers('admin')
  expect((await get(there, '/v1/keys', tokens.accessToken)).status).toBe(200)
  await change(sql`update tenantry.members set role = 'viewer' where id = ${member.memberId}`)
  expect(await until(403, () => get(there, '/v1/keys', tokens.accessToken))).toBeLessThan(aSecond)
  expect((await get(there, current, tokens.accessToken)).status).toBe(200)
  expect(claimsOf(tokens.accessToken).role).toBe('admin')
})

test("a role of the tenant's own counts as it is now; what it names and the system does not have is nothing", async () => {
  const { member, tokens } = await readers('viewer')
  const role = await customRole(['keys:read', 'shelf.dragons:tame'])
  await change(sql`update tenantry.members set custom_role_id = ${role} where id = ${member.memberId}`)
  expect(await until(200, () => get(there, '/v1/keys', tokens.accessToken))).toBeLessThan(aSecond)
  expect((await get(there, current, tokens.accessToken)).status).toBe(200)
  await change(sql`update tenantry.custom_roles set permissions = '{shelf.racks:read}' where id = ${role}`)
  expect(await until(403, () => get(there, '/v1/keys', tokens.accessToken))).toBeLessThan(aSecond)
  expect((await get(there, '/v1/shelf/racks', tokens.accessToken)).status).toBe(200)
})

test('a browser that signs out is out on every node within a second, with the tokens it made', async () => {
  const { person } = await newMember(here, north)
  const browser = await browserOf(here, north.host, person.email)
  const { accessToken } = (await browser.call('POST', '/v1/token', {})).body
  expect((await get(there, current, accessToken)).status).toBe(200)
  expect((await browser.call('POST', '/v1/auth/sign-out')).status).toBe(204)
  expect((await get(here, current, accessToken)).status).toBe(401)
  expect(await until(401, () => get(there, current, accessToken))).toBeLessThan(aSecond)
})

test('a program that its person ends from a browser is out on every node within a second', async () => {
  const { member, tokens } = await readers()
  const browser = await browserOf(here, north.host, member.person.email)
  expect((await browser.call('DELETE', `/v1/me/sessions/${claimsOf(tokens.accessToken).sid}`)).status).toBe(204)
  expect(await until(401, () => get(there, current, tokens.accessToken))).toBeLessThan(aSecond)
  expect((await refresh(there, north.host, tokens.refreshToken)).status).toBe(401)
})

test('[SEC-6] suspension and archiving act on living tokens everywhere within a second', async () => {
  const tenant = await tenantWithKey(here)
  const { accessToken } = await program(here, tenant, await newMember(here, tenant, 'admin'))
  const keys = () => get(there, '/v1/keys', accessToken, tenant.host)
  expect((await keys()).status).toBe(200)
  const actor = { actor: { kind: 'system', id: tenant.tenant.id } } as const
  const { tenants } = here.tenantry.services
  await tenants.move(tenant.tenant.id, 'suspend', { reason: 'unpaid', mode: 'blocked' }, actor)
  expect(await until(403, keys)).toBeLessThan(aSecond)
  expect((await get(there, current, accessToken, tenant.host)).body.status).toBe('suspended')
  await tenants.move(tenant.tenant.id, 'resume', { reason: 'paid' }, actor)
  expect(await until(200, keys)).toBeLessThan(aSecond)
  await tenants.move(tenant.tenant.id, 'archive', { reason: 'over' }, actor)
  expect(await until(404, keys)).toBeLessThan(aSecond)
})

test('two tabs that refresh at once on two nodes get the same successor, round after round', async () => {
  let { refreshToken } = (await readers()).tokens
  for (let round = 0; round < 20; round += 1) {
    const nodes = [here, there, here, there]
    const answers = await Promise.all(nodes.map((node) => refresh(node, north.host, refreshToken)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1)
    refreshToken = answers[0]?.body.refreshToken
  }
  expect(refreshToken).toContain('_21_')
})

test('[BMS-5] a family that was replayed on one node is out on the other within a second', async () => {
  const { tokens } = await readers()
  const second = (await refresh(here, north.host, tokens.refreshToken)).body
  const third = (await refresh(there, north.host, second.refreshToken)).body
  expect((await refresh(here, north.host, tokens.refreshToken)).status).toBe(401)
  expect(await until(401, () => get(there, current, third.accessToken))).toBeLessThan(aSecond)
})

type Watching = TestMember & { readonly tenant: TestTenant }

test.each([
  ['left', ({ memberId, tenant }: Watching) => change(sql`delete from tenantry.members where id = ${memberId}`, tenant)],
  [
    'signed out elsewhere',
    ({ person, tenant }: Watching) => here.tenantry.services.tokens.endFamilies(scopeOf(here, tenant), person.id, 'signed_out'),
  ],
  [
    'lost his role',
    ({ memberId, tenant }: Watching) =>
      change(sql`update tenantry.members set custom_role_id = null where id = ${memberId}`, tenant),
  ],
  [
    'was limited',
    ({ memberId, tenant }: Watching) => change(sql`update tenantry.members set reach = 'granted' where id = ${memberId}`, tenant),
  ],
] as const)(
  "[SEC-6] a running stream of a member who %s ends within two seconds on the other node, and nobody else's does",
  async (_, shutOut) => {
    const [first, neighbour] = [await watcher(), await watcher()]
    await shutOut(first)
    expect(await until(200, async () => ({ status: first.stream.isOver() ? 200 : 0 }))).toBeLessThan(2 * aSecond)
    const bytes = neighbour.stream.bytes()
    await until(200, async () => ({ status: neighbour.stream.bytes() > bytes ? 200 : 0 }))
    expect(neighbour.stream.isOver()).toBe(false)
    neighbour.stream.leave()
  },
)

/** A member in a tenant of his own, because one tenant gets few streams at a time. */
async function watcher() {
  const tenant = await tenantWithKey(here)
  const role = await customRole(['shelf.racks:read'], tenant)
  const member = await newMember(here, tenant, 'viewer')
  await change(sql`update tenantry.members set custom_role_id = ${role} where id = ${member.memberId}`, tenant)
  await Promise.all([here.tenantry.directory.catchUp(), there.tenantry.directory.catchUp()])
  const stream = await openStream(tenant, (await program(here, tenant, member)).accessToken)
  return { ...member, tenant, stream }
}

test('when a member was last at work is written down, and not for an operator who acts as him', async () => {
  const node = await identityNode(database)
  const [busy, impersonated] = [await newMember(here, north), await newMember(here, north)]
  expect((await get(node, current, (await program(node, north, busy)).accessToken)).status).toBe(200)
  const operatorId = crypto.randomUUID()
  const { rows } = await here.tenantry.directory.pool.query(
    `insert into tenantry.operators (email, name) values ($1, 'Otto') returning id`,
    [`${operatorId}@example.com`],
  )
  const scope = node.tenantry.scope({ tenantId: north.tenant.id, actor: { kind: 'operator', id: rows[0].id } })
  const acting = await actAs(node, scope, impersonated.memberId, rows[0].id)
  expect((await get(node, current, acting.accessToken)).status).toBe(200)
  await node.tenantry.close()
  const written = await scopeOf(here, north).run(sql<{ id: string }>`
    select id from tenantry.members where id = any(${[busy.memberId, impersonated.memberId]}::uuid[])
      and last_active_at > tenantry.clock() - interval '2 minutes'`)
  expect(written.map(({ id }) => id)).toEqual([busy.memberId])
})

async function customRole(permissions: readonly string[], tenant = north): Promise<string> {
  const [made] = await change(
    sql<{ id: string }>`insert into tenantry.custom_roles (name, permissions)
      values (${crypto.randomUUID()}, ${permissions}::text[]) returning id`,
    tenant,
  )
  return (made as { id: string }).id
}

async function openStream({ host }: TestTenant, token: string) {
  const headers = { host: `${host}:${there.port}`, authorization: `Bearer ${token}` }
  const outgoing = request({ host: '127.0.0.1', port: there.port, path: '/v1/shelf/watch', headers })
  const incoming = await new Promise<IncomingMessage>((resolve, reject) =>
    outgoing.on('response', resolve).on('error', reject).end(),
  )
  expect(incoming.statusCode).toBe(200)
  let bytes = 0
  let over = false
  incoming.on('data', (piece: Buffer) => {
    bytes += piece.length
  })
  incoming.on('error', () => {})
  incoming.on('close', () => {
    over = true
  })
  return { bytes: () => bytes, isOver: () => over, leave: () => outgoing.destroy() }
}
