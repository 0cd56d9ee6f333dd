import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseWithSystems, startNode, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import {
  browserOf,
  comparable,
  cookieOfAnswer,
  identityNode,
  makeMember,
  newPerson,
  password,
  signIn,
} from './identity.test-support.ts'
import { sharedRealm } from './realms.ts'

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
  await node.tenantry.close()
  await database.drop()
})

async function member(...tenants: TestTenant[]) {
  const person = await newPerson(node)
  for (const tenant of tenants) await makeMember(node, tenant, person)
  return person
}

describe('sign-in', () => {
  test('an unknown address, one that cannot be, a person without a password and a wrong password are answered alike', async () => {
    const { email } = await member(north)
    const { identity } = node.tenantry.services
    const bare = { email: 'no-password@example.com', name: 'Nobody yet', verified: true }
    await identity.createUser(sharedRealm, bare)
    const wrong = comparable(await signIn(node, north.host, { email, password: 'not the right one' }))
    expect(wrong.status).toBe(401)
    for (const other of ['nobody@example.com', 'not an address', 'аda@example.com', bare.email, `${email}.example`]) {
      expect(comparable(await signIn(node, north.host, { email: other, password: 'not the right one' }))).toEqual(wrong)
    }
    expect(comparable(await signIn(node, north.host, { email: 'nobody@example.com', password }))).toEqual(wrong)
  })

  test('the right password makes a session for this host alone, in a cookie that no page can read and no neighbour can set', async () => {
    const { email, name } = await member(north)
    const { answer, call, cookie } = await browserOf(node, north.host, email.toUpperCase())
    expect(answer.status).toBe(200)
    expect(answer.body.person).toMatchObject({ email, name, secondFactor: false })
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-session=[A-Za-z0-9_-]{43}; Max-Age=7776000; Path=\/; Secure; HttpOnly; SameSite=Lax$/),
    ])
    expect((await call('GET', '/v1/me')).body).toMatchObject({ email, name })
    for (const host of [south.host, 'localhost', '127.0.0.1', 'dashboard.localhost']) {
      const elsewhere = await node.call('GET', '/v1/me', { host, headers: { cookie } })
      expect({ host, status: elsewhere.status }).toEqual({ host, status: 401 })
    }
    for (const twice of [`${cookie}; ${cookie}`, cookie.toLowerCase(), cookie.slice(0, -1), `${cookie}x`]) {
      expect((await node.call('GET', '/v1/me', { host: north.host, headers: { cookie: twice } })).status).toBe(401)
    }
  })

  test('no host that is nobody’s, and no page of another site, signs anybody in', async () => {
    const { email } = await member(north)
    const body = { email, password }
    for (const host of ['nobody-has-this.localhost', 'elsewhere.example', 'a.b.localhost']) {
      expect((await signIn(node, host, body)).status).toBe(404)
    }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: `http://${south.host}:${node.port}` },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect((await signIn(node, north.host, body, headers as Record<string, string>)).body).toMatchObject({ code: 'cross_site' })
    }
    const form = { 'content-type': 'text/plain' }
    expect((await node.call('POST', '/v1/auth/sign-in', { host: north.host, body, headers: form })).status).toBe(415)
  })

  test('a cookie changes nothing for a page of another site, and nothing at all on routes of a tenant', async () => {
    const { email } = await member(north)
    const { cookie, call } = await browserOf(node, north.host, email)
    for (const origin of ['https://evil.example', `http://${south.host}:${node.port}`, 'null']) {
      expect((await call('PATCH', '/v1/me', { name: 'Mallory' }, { origin })).body).toMatchObject({ code: 'cross_site' })
    }
    expect(
      (await node.call('PATCH', '/v1/me', { host: north.host, body: { name: 'Mallory' }, headers: { cookie } })).status,
    ).toBe(403)
    expect((await node.call('GET', '/v1/tenants/current', { host: north.host, headers: { cookie } })).status).toBe(401)
    expect((await call('PATCH', '/v1/me', { name: 'Ada' })).body).toMatchObject({ name: 'Ada' })
  })

  test('who signs out is out at once, on every node', async () => {
    const second = await identityNode(database)
    try {
      const { email } = await member(north)
      const { cookie, call } = await browserOf(node, north.host, email)
      const onSecond = () => second.call('GET', '/v1/me', { host: north.host, headers: { cookie } })
      expect((await onSecond()).status).toBe(200)
      const out = await call('POST', '/v1/auth/sign-out')
      expect(out.status).toBe(204)
      expect(out.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-session=; Max-Age=0;/)])
      expect((await onSecond()).status).toBe(401)
      expect((await call('GET', '/v1/me')).status).toBe(401)
    } finally {
      await second.tenantry.close()
    }
  })

  test('sessions are listed, ended one by one, and all but this one', async () => {
    const { email } = await member(north, south)
    const here = await browserOf(node, north.host, email)
    const there = await browserOf(node, south.host, email)
    const third = await browserOf(node, north.host, email)
    const stranger = await browserOf(node, north.host, (await member(north)).email)
    const { items } = (await here.call('GET', '/v1/me/sessions')).body
    expect(items.map(({ host, current }: { host: string; current: boolean }) => [host, current])).toEqual([
      [north.host, false],
      [south.host, false],
      [north.host, true],
    ])
    expect((await stranger.call('DELETE', `/v1/me/sessions/${items[0].id}`)).status).toBe(404)
    expect((await here.call('DELETE', `/v1/me/sessions/${items[0].id}`)).status).toBe(204)
    expect((await third.call('GET', '/v1/me')).status).toBe(401)
    expect((await there.call('GET', '/v1/me')).status).toBe(200)
    expect((await here.call('DELETE', '/v1/me/sessions')).status).toBe(204)
    expect((await there.call('GET', '/v1/me')).status).toBe(401)
    expect((await here.call('GET', '/v1/me')).status).toBe(200)
    expect((await stranger.call('GET', '/v1/me')).status).toBe(200)
  })

  test('a new password ends every other session, and the old one is worth nothing', async () => {
    const { email } = await member(north)
    const here = await browserOf(node, north.host, email)
    const other = await browserOf(node, north.host, email)
    const next = 'another long enough password'
    expect((await here.call('POST', '/v1/me/password', { current: 'wrong wrong wrong', password: next })).status).toBe(401)
    for (const weak of ['short', email, 'abcabcabcabcabc', 'x'.repeat(257)]) {
      const refused = await here.call('POST', '/v1/me/password', { current: password, password: weak })
      expect(refused.body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'password' }] })
    }
    expect((await here.call('POST', '/v1/me/password', { current: password, password: next })).status).toBe(204)
    expect((await here.call('GET', '/v1/me')).status).toBe(200)
    expect((await other.call('GET', '/v1/me')).status).toBe(401)
    expect((await signIn(node, north.host, { email, password })).status).toBe(401)
    expect((await signIn(node, north.host, { email, password: next })).status).toBe(200)
  })

  test('a session that nobody uses is over after seven days, by the clock of the database', async () => {
    const { email } = await member(north)
    const { call } = await browserOf(node, north.host, email)
    const owner = new pg.Client({ connectionString: database.adminUrl })
    await owner.connect()
    const later = (interval: string) => owner.query(`update tenantry.clock_offset set "offset" = $1::interval`, [interval])
    try {
      await later('6 days')
      expect((await call('GET', '/v1/me')).status).toBe(200) // used, so it goes on
      await later('12 days')
      expect((await call('GET', '/v1/me')).status).toBe(200)
      await later('20 days')
      expect((await call('GET', '/v1/me')).status).toBe(401)
    } finally {
      await later('0')
      await owner.end()
    }
  })

  test('without a master key sign-in says what is missing', async () => {
    const bare = await startNode(database)
    try {
      expect((await signIn(bare, north.host, { email: 'ada@example.com', password })).body).toMatchObject({
        code: 'not_configured',
      })
    } finally {
      await bare.tenantry.close()
    }
  })
})

describe('guessing', () => {
  const from = (address: string) => ({ 'x-forwarded-for': address })

  test('ends after ten failures from one network, on every node and after a restart, and shuts nobody out elsewhere', async () => {
    const { email } = await member(north)
    const guess = (where: TestNode, address: string) => signIn(where, north.host, { email, password: 'guess' }, from(address))
    const all = await Promise.all(Array.from({ length: 25 }, (_, index) => guess(node, `2001:db8:1:1::${index}`)))
    expect(all.filter(({ status }) => status === 401)).toHaveLength(10)
    const refused = all.find(({ status }) => status === 429)
    expect(refused?.body).toMatchObject({ code: 'rate_limited' })
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(60)
    const restarted = await identityNode(database)
    try {
      expect((await guess(restarted, '2001:db8:1:1::99')).status).toBe(429)
      // Not even with the right password, from there; and the victim elsewhere notices nothing.
      expect((await signIn(restarted, north.host, { email, password }, from('2001:db8:1:1::99'))).status).toBe(429)
      expect((await signIn(restarted, north.host, { email, password }, from('2001:db8:2:2::1'))).status).toBe(200)
    } finally {
      await restarted.tenantry.close()
    }
  })

  test('is counted for one network over all accounts, and a success takes back what it cost', async () => {
    const { email } = await member(north)
    for (let turn = 0; turn < 30; turn += 1) {
      expect((await signIn(node, north.host, { email, password }, from('192.0.2.7'))).status).toBe(200)
    }
    const statuses: number[] = []
    for (let lot = 0; lot < 11; lot += 1) {
      const guesses = Array.from({ length: 10 }, (_, index) =>
        signIn(node, north.host, { email: `victim${lot}-${index}@example.com`, password: 'guess' }, from('192.0.2.7')),
      )
      statuses.push(...(await Promise.all(guesses)).map(({ status }) => status))
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(100)
    expect(statuses.filter((status) => status === 429)).toHaveLength(10)
  })
})

test('in a realm of its own a tenant’s person is another one with the same address', async () => {
  const owner = new pg.Client({ connectionString: database.adminUrl })
  await owner.connect()
  const white = await tenantWithKey(node)
  const { rows } = await owner.query(`insert into tenantry.realms (name) values ('white-label') returning id`)
  const realm = rows[0].id as string
  await owner.query('begin')
  await owner.query(`select set_config('tenantry.tenant', $1, true)`, [white.tenant.id])
  await owner.query('update tenantry.tenants set realm_id = $1', [realm])
  await owner.query('commit')
  await owner.end()
  await node.tenantry.directory.catchUp()

  const shared = await member(north)
  const { identity } = node.tenantry.services
  const other = 'quite another password'
  const own = await identity.createUser(realm, { email: shared.email, name: 'Another', password: other, verified: true })
  await makeMember(node, white, own)
  expect((await signIn(node, white.host, { email: shared.email, password })).status).toBe(401)
  expect((await signIn(node, north.host, { email: shared.email, password: other })).status).toBe(401)
  expect((await signIn(node, white.host, { email: shared.email, password: other })).body.person.id).toBe(own.id)
  const { cookie } = await browserOf(node, north.host, shared.email)
  expect((await node.call('GET', '/v1/me', { host: white.host, headers: { cookie } })).status).toBe(401)
  expect(cookieOfAnswer(await signIn(node, white.host, { email: shared.email, password: other }))).not.toBe('')
})
