import { AuthenticatorEmulator, PasskeysCredentialsMemoryRepository, WebAuthnEmulator } from 'nid-webauthn-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { browserOf, cookieOfAnswer, identityNode, password } from '../identity/identity.test-support.ts'
import { databaseWithSystems, type TestNode } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'

const host = 'dashboard.localhost'
let database: TestDatabase
let node: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
})
afterAll(async () => {
  await node.tenantry.close()
  await database.drop()
})

type Browser = Pick<Awaited<ReturnType<typeof browserOf>>, 'call'>

const origin = () => `http://${host}:${node.port}`

async function addPasskey({ call }: Browser) {
  const credentialsRepository = new PasskeysCredentialsMemoryRepository()
  const authenticator = new WebAuthnEmulator(new AuthenticatorEmulator({ credentialsRepository }))
  const begun = await call('POST', '/v1/me/passkeys/options', { password })
  if (begun.status !== 200) return { begun, authenticator, id: '' }
  const { challenge, options } = begun.body
  const response = authenticator.createJSON(origin(), options)
  const { body } = await call('POST', '/v1/me/passkeys', { challenge, response, name: 'Key ring' })
  return { begun, authenticator, id: body.id as string }
}

async function withPasskey(authenticator: WebAuthnEmulator): Promise<Browser> {
  const { challenge, options } = (await node.call('POST', '/v1/auth/passkeys/options', { host })).body
  const response = authenticator.getJSON(origin(), options)
  const answer = await node.call('POST', '/v1/auth/passkeys/sign-in', { host, body: { challenge, response } })
  const headers = { cookie: cookieOfAnswer(answer), origin: origin() }
  return { call: (method, path, body) => node.call(method, path, { host, headers, body }) }
}

async function accepting(token: string): Promise<Browser> {
  const answer = await node.call('POST', '/v1/operators/accept', { host, body: { token, password } })
  const headers = { cookie: cookieOfAnswer(answer), origin: origin() }
  return { call: (method, path, body) => node.call(method, path, { host, headers, body }) }
}

test('an operator’s first second factor is set up by his link, and by his password alone never', async () => {
  const { operators } = node.tenantry.services
  const email = 'ottilie@example.com'
  const { token, operator } = await operators.invite({ email, name: 'Ottilie' })
  await accepting(token)
  const thief = await browserOf(node, host, email)
  for (const [path, body] of [
    ['/v1/me/totp', { password }],
    ['/v1/me/passkeys/options', { password }],
    ['/v1/me/totp/confirm', { code: '123456' }],
  ] as const) {
    expect(await thief.call('POST', path, body), path).toMatchObject({ status: 403, body: { code: 'second_factor_required' } })
  }
  const again = await accepting((await operators.inviteAgain(operator.id)).token)
  expect((await addPasskey(again)).begun.status).toBe(200)
})

test('an operator’s password alone gets nobody a second factor beside the one that there is', async () => {
  const { operators } = node.tenantry.services
  const email = 'olivia@example.com'
  const { token } = await operators.invite({ email, name: 'Olivia' })
  const early = await accepting(token)
  await early.call('POST', '/v1/me/totp', { password })
  const { authenticator, id } = await addPasskey(early)

  // Whoever has the password from now on, and a session that was there before.
  for (const thief of [await browserOf(node, host, email), early]) {
    expect((await thief.call('POST', '/v1/operators/token')).body).toMatchObject({ code: 'second_factor_required' })
    expect((await addPasskey(thief)).begun.body).toMatchObject({ code: 'second_factor_required' })
    for (const [method, path, body] of [
      ['POST', '/v1/me/totp', { password }],
      ['POST', '/v1/me/totp/confirm', { code: '123456' }],
      ['DELETE', `/v1/me/passkeys/${id}`, undefined],
    ] as const) {
      expect((await thief.call(method, path, body)).body, path).toMatchObject({ code: 'second_factor_required' })
    }
  }

  const olivia = await withPasskey(authenticator)
  expect((await olivia.call('POST', '/v1/operators/token')).status).toBe(200)
  const second = await addPasskey(olivia)
  expect((await olivia.call('POST', '/v1/me/totp', { password })).status).toBe(200)
  expect((await olivia.call('DELETE', `/v1/me/passkeys/${second.id}`)).status).toBe(204)
})
