import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { browserOf, identityNode, makeMember, newPerson, password, signIn } from './identity.test-support.ts'

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

test('[IIOT-3] sign-in answers with the tenant, and refuses who belongs to none that is active', async () => {
  const person = await newPerson(node)
  const { email } = person
  const nowhere = await signIn(node, 'localhost', { email, password })
  expect(nowhere).toMatchObject({ status: 403, body: { code: 'no_active_tenant' } })
  expect(nowhere.headers['set-cookie']).toBeUndefined()
  expect((await signIn(node, 'localhost', { email, password: 'not the right one' })).status).toBe(401)
  await makeMember(node, north, person, 'admin')
  const { id, name, slug } = north.tenant
  for (const host of ['localhost', north.host]) {
    expect((await signIn(node, host, { email, password })).body.tenant).toEqual({ id, name, slug, role: 'admin' })
  }
})

test('a program gets tokens and no cookie; they and every session end with the password', async () => {
  const person = await newPerson(node)
  for (const tenant of [north, south]) await makeMember(node, tenant, person)
  const { email } = person
  const program = await signIn(node, north.host, { email, password, as: 'program' })
  expect(program.headers['set-cookie']).toBeUndefined()
  expect(program.body).toMatchObject({ person: { email }, tenant: { id: north.tenant.id }, expiresAt: expect.any(String) })
  const { accessToken, refreshToken } = program.body
  const bearer = () => node.call('GET', '/v1/me', { host: north.host, key: accessToken })
  expect((await bearer()).body).toMatchObject({ email })
  const browser = await browserOf(node, south.host, email)
  const change = { current: password, password: 'quite another password' }
  expect((await browser.call('POST', '/v1/me/password', change)).status).toBe(204)
  expect((await bearer()).status).toBe(401)
  const refreshed = await node.call('POST', '/v1/token/refresh', { host: north.host, body: { refreshToken } })
  expect(refreshed.status).toBe(401)
  expect((await browser.call('GET', '/v1/me')).status).toBe(200)
})

test('a person changes what is his by token too, and no token of another tenant’s host does', async () => {
  const person = await newPerson(node)
  await makeMember(node, north, person)
  const { accessToken: key } = (await signIn(node, north.host, { email: person.email, password, as: 'program' })).body
  const rename = (host: string) => node.call('PATCH', '/v1/me', { host, key, body: { name: 'Renamed' } })
  expect((await rename(north.host)).body).toMatchObject({ name: 'Renamed' })
  expect((await rename(south.host)).status).toBe(404)
})

test('a new name is the new one on the pages of every tenant that the person belongs to', async () => {
  const person = await newPerson(node)
  for (const tenant of [north, south]) await makeMember(node, tenant, person)
  const { call } = await browserOf(node, north.host, person.email)
  expect((await call('PATCH', '/v1/me', { name: 'Ada Lovelace' })).status).toBe(200)
  for (const { host, key } of [north, south]) {
    const { items } = (await node.call('GET', '/v1/members?limit=100', { host, key })).body
    const mine = items.filter(({ email }: { email: string }) => email === person.email)
    expect(mine).toMatchObject([{ name: 'Ada Lovelace' }])
  }
})

test('[FIN-7] the tenant’s audit has who signed in, tried in vain, and signed out, and nothing of who is no member', async () => {
  const tenant = await tenantWithKey(node)
  const [person, stranger] = [await newPerson(node), await newPerson(node)]
  await makeMember(node, tenant, person)
  await makeMember(node, south, stranger)
  const { email } = person
  const headers = { 'user-agent': 'Test/1.0', 'x-forwarded-for': '192.0.2.44' }
  for (const wrong of [email, stranger.email, 'nobody@example.com']) {
    await signIn(node, tenant.host, { email: wrong, password: 'not the right one' }, headers)
  }
  await signIn(node, 'localhost', { email, password: 'not the right one' }, headers)
  const browser = await browserOf(node, tenant.host, email)
  await browser.call('POST', '/v1/auth/sign-out')
  const entries = async () => {
    const { body } = await node.call('GET', '/v1/audit?limit=100', { host: tenant.host, key: tenant.key })
    const about = body.items.filter(({ action }: { action: string }) => /\.sign/.test(action))
    return about.map(({ action, actorKind, address, after }: Record<string, unknown>) => ({ action, actorKind, address, after }))
  }
  const failed = {
    action: 'platform.member.sign_in_failed',
    actorKind: 'member',
    address: '192.0.2.44',
    after: { step: 'password' },
  }
  const here = { actorKind: 'member', address: '127.0.0.1' }
  await expect.poll(async () => (await entries()).length).toBe(4)
  expect(await entries()).toEqual(
    expect.arrayContaining([
      failed,
      failed,
      { action: 'platform.member.signed_in', ...here, after: { methods: ['password'], as: 'browser' } },
      { action: 'platform.member.signed_out', ...here, after: {} },
    ]),
  )
})
