import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { browserOf, identityNode, makeMember, newPerson, password } from './identity.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  north = await tenantWithKey(node)
})
afterAll(async () => {
  await node.tenantry.close()
  await database.drop()
})

const token = 'x'.repeat(43)
const hostile = [
  '\0',
  '\ud800',
  "'; drop table identity.session; --",
  '%00%0d%0aSet-Cookie: a=b',
  'a'.repeat(5_000),
  '\u202eadmin',
  '__proto__',
  '',
  -1,
  1e300,
  null,
  [],
  { $ne: null },
  true,
]
const bodies: Readonly<Record<string, (value: unknown) => unknown>> = {
  '/v1/auth/sign-in': (value) => ({ email: value, password: value }),
  '/v1/auth/mfa': (value) => ({ challenge: token, code: value }),
  '/v1/auth/mfa ': (value) => ({ challenge: value, backupCode: value }),
  '/v1/auth/reset/request': (value) => ({ email: value }),
  '/v1/auth/reset': (value) => ({ token, password: value }),
  '/v1/auth/verify/request': (value) => ({ email: value }),
  '/v1/auth/verify': (value) => ({ token: value }),
  '/v1/auth/passkeys/sign-in': (value) => ({ challenge: token, response: { id: value, response: value } }),
}
const ownBodies: Readonly<Record<string, (value: unknown) => unknown>> = {
  'PATCH /v1/me': (value) => ({ name: value }),
  'POST /v1/me/password': (value) => ({ current: password, password: value }),
  'POST /v1/me/totp': (value) => ({ password: value }),
  'POST /v1/me/totp/confirm': (value) => ({ code: value }),
  'POST /v1/me/passkeys': (value) => ({ challenge: token, response: { id: value }, name: value }),
}

test('no nonsense makes sign-in fail, or lets anybody in', async () => {
  for (const [path, bodyOf] of Object.entries(bodies)) {
    for (const value of hostile) {
      const answer = await node.call('POST', path.trim(), { host: north.host, body: bodyOf(value) })
      expect({ path, value, status: answer.status }).toSatisfy(({ status }) => status === 202 || (status >= 400 && status < 500))
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  }
})

test('no nonsense of a browser, in its headers or its bodies, makes the server fail', async () => {
  const person = await newPerson(node)
  await makeMember(node, north, person)
  const { call, cookie } = await browserOf(node, north.host, person.email)
  for (const [line, bodyOf] of Object.entries(ownBodies)) {
    const [method = '', path = ''] = line.split(' ')
    for (const value of hostile) {
      const { status } = await call(method, path, bodyOf(value))
      expect({ line, value, status }).toSatisfy(() => status < 500)
    }
  }
  for (const odd of [
    '__Host-session',
    '__Host-session=',
    `${cookie};`.repeat(50),
    `a=b; ;;=; ${cookie}`,
    '%',
    cookie.replace('=', ' = '),
  ]) {
    const { status } = await node.call('GET', '/v1/me', { host: north.host, headers: { cookie: odd } })
    expect([200, 401]).toContain(status)
  }
  // Of the nonsense one was a password.
  const other = await newPerson(node)
  await makeMember(node, north, other)
  const agent = { 'user-agent': `\u00ff${'x'.repeat(2_000)}` }
  const body = { email: other.email, password }
  expect((await node.call('POST', '/v1/auth/sign-in', { host: north.host, body, headers: agent })).status).toBe(200)
  const again = await browserOf(node, north.host, other.email)
  expect((await again.call('GET', '/v1/me/sessions')).body.items[1].userAgent).toHaveLength(500)
})
