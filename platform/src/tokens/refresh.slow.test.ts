import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityNode } from '../identity/identity.test-support.ts'
import { sql } from '../isolation/statement.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { claimsOf, newMember, program, refresh, scopeOf } from './tokens.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant
let south: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const own = (token: string) => node.call('GET', '/v1/tenants/current', { host: north.host, key: token })
/** What the database would say in so many seconds, of one family alone. */
const letPass = (sid: string, seconds: number) =>
  scopeOf(node, north).run(sql`update tenantry.refresh_families
    set rotated_at = rotated_at - make_interval(secs => ${seconds}::int) where id = ${sid}`)
const signedIn = async () => program(node, north, await newMember(node, north))
const endOf = async (sid: string) =>
  (
    await scopeOf(node, north).first(sql<{ endedBecause: string | null }>`
      select ended_because from tenantry.refresh_families where id = ${sid}`)
  )?.endedBecause

test('each refresh answers the next refresh token and an access token that works', async () => {
  const first = await signedIn()
  expect(first.refreshToken).toMatch(/^tnr_[0-9a-f]{24}_1_[\w-]{43}$/)
  const second = (await refresh(node, north.host, first.refreshToken)).body
  expect(second.refreshToken).toMatch(/^tnr_[0-9a-f]{24}_2_[\w-]{43}$/)
  expect(second.tenant).toEqual({ id: north.tenant.id, name: north.tenant.name, slug: north.tenant.slug })
  expect((await own(second.accessToken)).status).toBe(200)
  const third = await refresh(node, '127.0.0.1', second.refreshToken)
  expect(third.status).toBe(200)
})

test('two tabs, or fifty, that come at once with the same token go on together, with one successor', async () => {
  const { refreshToken } = await signedIn()
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(node, north.host, refreshToken)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1)
  expect((await refresh(node, north.host, answers[0]?.body.refreshToken)).status).toBe(200)
})

test('[BMS-5] a refresh token that comes again after ten seconds ends the family, with all its tokens, and is told', async () => {
  const first = await signedIn()
  const second = (await refresh(node, north.host, first.refreshToken)).body
  const { sid } = claimsOf(first.accessToken)
  await letPass(sid, 11)
  expect((await refresh(node, north.host, first.refreshToken)).status).toBe(401)
  expect(await endOf(sid)).toBe('replayed')
  for (const token of [first.accessToken, second.accessToken]) expect((await own(token)).status).toBe(401)
  expect((await refresh(node, north.host, second.refreshToken)).status).toBe(401)
  const told = await scopeOf(node, north).first(sql`select type from tenantry.events where object_id = ${sid}`)
  expect(told).toEqual({ type: 'platform.session.replayed' })
  const audited = await scopeOf(node, north).first(sql<{
    after: Record<string, unknown>
  }>`select after from tenantry.audit_entries
    where object_id = ${sid} and after ->> 'ended_because' = 'replayed'`)
  expect(audited?.after.ended_because).toBe('replayed')
})

test('[BMS-5] one that is two generations old ends the family even within the ten seconds', async () => {
  const first = await signedIn()
  const second = (await refresh(node, north.host, first.refreshToken)).body
  const third = (await refresh(node, north.host, second.refreshToken)).body
  expect((await refresh(node, north.host, first.refreshToken)).status).toBe(401)
  expect((await refresh(node, north.host, third.refreshToken)).status).toBe(401)
  expect((await own(third.accessToken)).status).toBe(401)
})

test('what nobody gave out changes nothing: a later generation, another code, a family of nobody', async () => {
  const { refreshToken } = await signedIn()
  const [prefix, publicId, , code] = refreshToken.split('_')
  const wrong = [
    `${prefix}_${publicId}_2_${code}`,
    `${prefix}_${publicId}_1_${'A'.repeat(43)}`,
    `${prefix}_${'0'.repeat(24)}_1_${code}`,
    `${refreshToken}x`,
    north.key,
    'nothing',
  ]
  const answers = await Promise.all(wrong.map((text) => refresh(node, north.host, text)))
  expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 401))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect((await refresh(node, north.host, refreshToken)).status).toBe(200)
})

test("on another tenant's host a refresh token is none, and is not used up", async () => {
  const { refreshToken } = await signedIn()
  const foreign = await refresh(node, south.host, refreshToken)
  const wrong = await refresh(node, south.host, 'tnr_nobody')
  expect(foreign.status).toBe(401)
  expect(foreign.text).toBe(wrong.text)
  for (const host of ['dashboard.localhost', 'a.b.localhost', 'never-was.example.com']) {
    expect([host, (await refresh(node, host, refreshToken)).status]).toEqual([host, 404])
  }
  await node.call('POST', '/v1/token/revoke', { host: south.host, body: { refreshToken } })
  expect(await refresh(node, north.host, refreshToken)).toMatchObject({ status: 200, body: { role: 'user' } })
  expect((await refresh(node, north.host, refreshToken)).body.refreshToken).toContain('_2_')
})

test('a program that signs out is out with everything it held; a revocation of nothing looks the same', async () => {
  const { refreshToken, accessToken } = await signedIn()
  const revoke = (text: string) => node.call('POST', '/v1/token/revoke', { host: north.host, body: { refreshToken: text } })
  const [nothing, real] = [await revoke('tnr_nobody'), await revoke(refreshToken)]
  expect([nothing.status, real.status]).toEqual([204, 204])
  expect((await own(accessToken)).status).toBe(401)
  expect((await refresh(node, north.host, refreshToken)).status).toBe(401)
  expect(await endOf(claimsOf(accessToken).sid)).toBe('signed_out')
})

test('a program that signs out by its access token is out, too, and its neighbour of the same person is not', async () => {
  const member = await newMember(node, north)
  const [leaving, staying] = [await program(node, north, member), await program(node, north, member)]
  const answer = await node.call('POST', '/v1/auth/sign-out', { host: north.host, key: leaving.accessToken })
  expect(answer.status).toBe(204)
  expect((await own(leaving.accessToken)).status).toBe(401)
  expect((await refresh(node, north.host, leaving.refreshToken)).status).toBe(401)
  expect((await own(staying.accessToken)).status).toBe(200)
})

test('a family slides by thirty days, and never past ninety', async () => {
  const { refreshToken, accessToken } = await signedIn()
  const { sid } = claimsOf(accessToken)
  const days = async () =>
    (
      await scopeOf(node, north).first(sql<{ days: number }>`
        select round(extract(epoch from expires_at - created_at) / 86400)::int as days from tenantry.refresh_families where id = ${sid}`)
    )?.days
  expect(await days()).toBe(30)
  await scopeOf(node, north).run(sql`update tenantry.refresh_families
    set created_at = created_at - interval '80 days' where id = ${sid}`)
  expect((await refresh(node, north.host, refreshToken)).status).toBe(200)
  expect(await days()).toBe(90)
})

test('an expired family refreshes nothing, and its access tokens are over', async () => {
  const { refreshToken, accessToken } = await signedIn()
  await scopeOf(node, north).run(sql`update tenantry.refresh_families
    set expires_at = tenantry.clock() where id = ${claimsOf(accessToken).sid}`)
  await node.tenantry.directory.catchUp()
  expect((await own(accessToken)).status).toBe(401)
  expect((await refresh(node, north.host, refreshToken)).status).toBe(401)
})

test('a changed password ends the programs of the person in every tenant, and those of nobody else', async () => {
  const member = await newMember(node, north)
  await newMember(node, south, 'viewer', member.person)
  const [here, there] = [await program(node, north, member), await program(node, south, member)]
  const neighbour = await signedIn()
  await node.tenantry.services.tokens.endFamiliesEverywhere(member.person.id, 'password_changed')
  expect((await own(here.accessToken)).status).toBe(401)
  expect((await refresh(node, south.host, there.refreshToken)).status).toBe(401)
  expect((await own(neighbour.accessToken)).status).toBe(200)
})

test('no refresh token, and nothing from which one could be made, is in the database', async () => {
  const { refreshToken, accessToken } = await signedIn()
  const { sid } = claimsOf(accessToken)
  const row = await scopeOf(node, north).first(sql<{ text: string }>`
    select to_jsonb(f)::text as text from tenantry.refresh_families f where id = ${sid}`)
  expect(row?.text).toContain(refreshToken.split('_')[1])
  expect(row?.text).not.toContain(refreshToken.split('_')[3])
})
