import { AuthenticatorEmulator, PasskeysCredentialsMemoryRepository, WebAuthnEmulator } from 'nid-webauthn-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { browserOf, identityNode, makeMember, newPerson, password, signIn } from './identity.test-support.ts'
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

let count = 0

/** A member whose mail this process keeps. */
async function member(tenant: TestTenant) {
  const email = `somebody${++count}@people.invalid`
  const person = await node.tenantry.services.identity.createUser(sharedRealm, { email, name: 'Ada', password, verified: true })
  await makeMember(node, tenant, person)
  return person
}

/** A domain of the tenant's own: whoever runs its name server may lead it elsewhere at any time. */
async function ownDomain({ tenant }: TestTenant): Promise<string> {
  const host = `login${++count}.example.com`
  const scope = node.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
  await scope.run(sql`insert into tenantry.hosts (host, kind) values (${host}, 'custom')`)
  await node.tenantry.directory.catchUp()
  return host
}

const askForReset = (host: string, email: string) => node.call('POST', '/v1/auth/reset/request', { host, body: { email } })
const mailTo = (email: string) => node.tenantry.services.mail.unreachable.take(email)

test('a tenant’s own domain gets no link into the accounts of people who are no members of it', async () => {
  const host = await ownDomain(north)
  const [own, stranger] = [await member(north), await member(south)]
  expect((await askForReset(host, stranger.email)).status).toBe(202)
  expect((await askForReset(host, own.email)).status).toBe(202)
  await expect.poll(() => mailTo(own.email)?.action?.url).toMatch(new RegExp(`^http://${host}:`))
  expect(mailTo(stranger.email)).toBeUndefined()
  // On hosts that are ours he gets one, whatever he belongs to.
  expect((await askForReset(north.host, stranger.email)).status).toBe(202)
  await expect.poll(() => mailTo(stranger.email)?.action?.url).toMatch(new RegExp(`^http://${north.host}:`))
})

test('whoever has somebody’s session or token, and not the password, makes himself no passkey of it', async () => {
  const person = await newPerson(node)
  await makeMember(node, north, person)
  const { call } = await browserOf(node, north.host, person.email)
  const path = '/v1/me/passkeys/options'
  expect((await call('POST', path, {})).status).toBe(400)
  expect((await call('POST', path, { password: 'not the right one' })).status).toBe(401)
  const program = (await signIn(node, north.host, { email: person.email, password, as: 'program' })).body
  const guess = { host: north.host, key: program.accessToken, body: { password: 'not the right one' } }
  expect((await node.call('POST', path, guess)).status).toBe(401)

  const { challenge, options } = (await call('POST', path, { password })).body
  const credentialsRepository = new PasskeysCredentialsMemoryRepository()
  const authenticator = new WebAuthnEmulator(new AuthenticatorEmulator({ credentialsRepository }))
  const response = authenticator.createJSON(`http://${north.host}:${node.port}`, options)
  expect((await call('POST', '/v1/me/passkeys', { challenge, response, name: 'Key ring' })).status).toBe(201)
})
