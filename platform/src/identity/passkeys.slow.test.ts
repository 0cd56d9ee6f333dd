import { AuthenticatorEmulator, PasskeysCredentialsMemoryRepository, WebAuthnEmulator } from 'nid-webauthn-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { browserOf, cookieOfAnswer, identityNode, makeMember, newPerson, password } from './identity.test-support.ts'

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

/** One that nobody else has: without a repository of their own they all share one. */
function newAuthenticator(options: ConstructorParameters<typeof AuthenticatorEmulator>[0] = {}): WebAuthnEmulator {
  const credentialsRepository = new PasskeysCredentialsMemoryRepository()
  return new WebAuthnEmulator(new AuthenticatorEmulator({ ...options, credentialsRepository }))
}

const originOf = (host: string) => `http://${host}:${node.port}`
const begin = async (host: string) => (await node.call('POST', '/v1/auth/passkeys/options', { host })).body
const finish = (host: string, challenge: string, response: unknown) =>
  node.call('POST', '/v1/auth/passkeys/sign-in', { host, body: { challenge, response } })

/** A person with a passkey of the northern host. */
async function withPasskey(authenticator = newAuthenticator()) {
  const person = await newPerson(node)
  for (const tenant of [north, south]) await makeMember(node, tenant, person)
  const browser = await browserOf(node, north.host, person.email)
  const { challenge, options } = (await browser.call('POST', '/v1/me/passkeys/options', { password })).body
  const response = authenticator.createJSON(originOf(north.host), options)
  const added = await browser.call('POST', '/v1/me/passkeys', { challenge, response, name: 'Key ring' })
  return { person, browser, authenticator, added, challenge, response }
}

test('a passkey signs in without a password, and counts as both factors', async () => {
  const { person, browser, authenticator, added } = await withPasskey()
  expect(added.status).toBe(201)
  expect(added.body).toMatchObject({ name: 'Key ring', host: north.host })
  const { challenge, options } = await begin(north.host)
  expect(options.allowCredentials ?? []).toEqual([])
  const signedIn = await finish(north.host, challenge, authenticator.getJSON(originOf(north.host), options))
  expect(signedIn.status).toBe(200)
  expect(signedIn.body.person.id).toBe(person.id)
  const cookie = cookieOfAnswer(signedIn)
  const { items } = (await node.call('GET', '/v1/me/sessions', { host: north.host, headers: { cookie } })).body
  expect(items[0]).toMatchObject({ methods: ['passkey'], current: true })
  const [listed] = (await browser.call('GET', '/v1/me/passkeys')).body.items
  expect(listed).toMatchObject({ id: added.body.id, lastUsedAt: expect.any(String) })
})

test('an answer is taken once, and none of another ceremony, person or host', async () => {
  const { authenticator, browser, challenge: used, response: registration } = await withPasskey()
  expect((await browser.call('POST', '/v1/me/passkeys', { challenge: used, response: registration, name: 'Again' })).status).toBe(
    401,
  )
  const { challenge, options } = await begin(north.host)
  const response = authenticator.getJSON(originOf(north.host), options)
  const all = await Promise.all(Array.from({ length: 5 }, () => finish(north.host, challenge, response)))
  expect(all.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401])
  expect((await finish(north.host, (await begin(north.host)).challenge, response)).status).toBe(401)

  const stranger = await browserOf(node, north.host, (await newMember()).email)
  const theirs = (await browser.call('POST', '/v1/me/passkeys/options', { password })).body
  const stolen = newAuthenticator().createJSON(originOf(north.host), theirs.options)
  expect(
    (await stranger.call('POST', '/v1/me/passkeys', { challenge: theirs.challenge, response: stolen, name: 'Mine' })).status,
  ).toBe(401)
})

async function newMember() {
  const person = await newPerson(node)
  await makeMember(node, north, person)
  return person
}

test('a passkey of one tenant’s host is nothing on another’s, whoever relays it', async () => {
  const { authenticator } = await withPasskey()
  const there = await begin(south.host)
  // The authenticator itself has nothing for that host.
  expect(() => authenticator.getJSON(originOf(south.host), there.options)).toThrow()
  // A page of the southern host that gets an answer for the northern one, and sends it on.
  const here = await begin(north.host)
  const answer = authenticator.getJSON(originOf(north.host), { ...here.options, challenge: there.options.challenge })
  expect((await finish(south.host, there.challenge, answer)).status).toBe(401)
  expect((await finish(north.host, there.challenge, answer)).status).toBe(401)
  expect((await finish(south.host, here.challenge, answer)).status).toBe(401)
})

test('an authenticator that does not ask who holds it signs nobody in', async () => {
  const anybody = () => ({ options: { uv: false, up: true } })
  const { authenticator } = await withPasskey(newAuthenticator({ userGetAssertionInteraction: anybody }))
  const { challenge, options } = await begin(north.host)
  const response = authenticator.getJSON(originOf(north.host), { ...options, userVerification: 'discouraged' })
  expect((await finish(north.host, challenge, response)).status).toBe(401)
})

test('a removed passkey is none, and nobody removes another’s', async () => {
  const { authenticator, browser, added } = await withPasskey()
  const stranger = await withPasskey()
  expect((await stranger.browser.call('DELETE', `/v1/me/passkeys/${added.body.id}`)).status).toBe(404)
  expect((await browser.call('DELETE', `/v1/me/passkeys/${added.body.id}`)).status).toBe(204)
  const { challenge, options } = await begin(north.host)
  expect((await finish(north.host, challenge, authenticator.getJSON(originOf(north.host), options))).status).toBe(401)
  for (const nonsense of [
    {},
    { id: 'x' },
    { id: 1, response: null },
    { id: added.body.id, response: { clientDataJSON: '%%%' } },
  ]) {
    expect((await finish(north.host, (await begin(north.host)).challenge, nonsense)).status).toBe(401)
  }
})
