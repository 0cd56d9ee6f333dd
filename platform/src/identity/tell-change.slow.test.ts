import { AuthenticatorEmulator, PasskeysCredentialsMemoryRepository, WebAuthnEmulator } from 'nid-webauthn-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import {
  browserOf,
  codeOfApp,
  identityNode,
  linkOf,
  type Mailbox,
  makeMember,
  newPerson,
  openMailbox,
  password,
} from './identity.test-support.ts'

let database: TestDatabase
let mailbox: Mailbox
let node: TestNode
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  mailbox = await openMailbox()
  node = await identityNode(database, { mailUrl: mailbox.url, mailFrom: 'no-reply@platform.example' })
  north = await tenantWithKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await mailbox?.stop()
  await database?.drop()
})

async function member() {
  const person = await newPerson(node)
  await makeMember(node, north, person)
  return { email: person.email, browser: await browserOf(node, north.host, person.email) }
}
const next = 'a password that is new'
const from = { 'x-forwarded-for': '203.0.113.7', 'user-agent': 'Curious/1.0' }

test('who changes a password is told so in the brand of the tenant, with when and from where; making an account tells nothing', async () => {
  const { email, browser } = await member()
  expect((await browser.call('POST', '/v1/me/password', { current: password, password: next }, from)).status).toBe(204)
  const mail = await mailbox.next(email)
  expect(mail).toContain('Subject: Your password was changed')
  expect(mail).toContain(`From: ${north.tenant.name}`)
  expect(mail).toContain('203.0.113.7, with Curious/1.0')
  expect(mail).toMatch(/When: \d{4}-\d\d-\d\d \d\d:\d\d UTC/)
  expect(mail).not.toContain('http')
  expect(mailbox.all.filter(({ to }) => to === email)).toHaveLength(1)
})

test('a password that was forgotten and chosen anew is told, too; on the bare domain by the platform', async () => {
  const { email } = await member()
  const headers = { 'x-forwarded-for': '203.0.113.9' }
  await node.call('POST', '/v1/auth/reset/request', { host: 'localhost', body: { email }, headers })
  const { token } = linkOf(await mailbox.next(email, '#token='))
  const chosen = await node.call('POST', '/v1/auth/reset', { host: 'localhost', body: { token, password: next }, headers })
  expect(chosen.status).toBe(204)
  const mail = await mailbox.next(email, 'was changed')
  expect(mail).toContain('From: Tenantry')
  expect(mail).toContain('203.0.113.9')
})

test('an app and a passkey are told when they come and when they go; one that was only begun is not', async () => {
  const { email, browser } = await member()
  const { body: app } = await browser.call('POST', '/v1/me/totp', { password })
  expect((await browser.call('POST', '/v1/me/totp/confirm', { code: '000000' })).status).toBe(401)
  await browser.call('POST', '/v1/me/totp/confirm', { code: await codeOfApp(node, app.uri, -1) })
  expect(await mailbox.next(email)).toContain('Subject: A second factor was set up')
  await browser.call('POST', '/v1/me/totp/remove', { password, code: await codeOfApp(node, app.uri) })
  expect(await mailbox.next(email)).toContain('Subject: Your second factor was removed')

  const credentialsRepository = new PasskeysCredentialsMemoryRepository()
  const authenticator = new WebAuthnEmulator(new AuthenticatorEmulator({ credentialsRepository }))
  const { challenge, options } = (await browser.call('POST', '/v1/me/passkeys/options', { password })).body
  const response = authenticator.createJSON(`http://${north.host}:${node.port}`, options)
  const { body: passkey } = await browser.call('POST', '/v1/me/passkeys', { challenge, response, name: 'Key ring' })
  expect(await mailbox.next(email)).toContain('Subject: A passkey was added')
  expect((await browser.call('DELETE', `/v1/me/passkeys/${passkey.id}`)).status).toBe(204)
  expect(await mailbox.next(email)).toContain('Subject: A passkey was removed')
})
