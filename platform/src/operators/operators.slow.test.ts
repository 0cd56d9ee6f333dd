import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeShown } from '../identity/authenticator.test-support.ts'
import { browserOf, cookieOfAnswer, identityNode, password } from '../identity/identity.test-support.ts'
import {
  type Answer,
  databaseWithSystems,
  operatorKey,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { newMember, program, signedByUs, until } from '../tokens/tokens.test-support.ts'

const host = 'dashboard.localhost'
let database: TestDatabase
let node: TestNode
let elsewhere: TestNode
let north: TestTenant
let count = 0

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  elsewhere = await identityNode(database)
  north = await tenantWithKey(node)
})
afterAll(async () => {
  await elsewhere.tenantry.close()
  await node.tenantry.close()
  await database.drop()
})

const operators = () => node.tenantry.services.operators
const accept = (token: string, given: string = password, at: string = host) =>
  node.call('POST', '/v1/operators/accept', { host: at, body: { token, password: given } })
const read = (key: string, where = node, at: string = host) => where.call('GET', '/v1/operators', { host: at, key })

async function invited() {
  const email = `operator${++count}@example.com`
  return { email, ...(await operators().invite({ email, name: 'Olivia' })) }
}

/** The browser whose link this answer accepted. */
function browserWith(answer: Answer) {
  expect(answer.status).toBe(200)
  const headers = { cookie: cookieOfAnswer(answer), origin: `http://${host}:${node.port}` }
  return { call: (method: string, path: string, body?: unknown) => node.call(method, path, { host, headers, body }) }
}

/** An operator with password and app, and a browser in which both were asked for. */
async function signedIn() {
  const { email, token, operator } = await invited()
  const first = browserWith(await accept(token))
  const { body: app } = await first.call('POST', '/v1/me/totp', { password })
  const now = node.tenantry.directory.clock()
  expect((await first.call('POST', '/v1/me/totp/confirm', { code: await codeShown(app.uri, now, -1) })).status).toBe(200)
  const { body } = await node.call('POST', '/v1/auth/sign-in', { host, body: { email, password } })
  const step = { challenge: body.mfa.challenge, code: await codeShown(app.uri, now) }
  const cookie = cookieOfAnswer(await node.call('POST', '/v1/auth/mfa', { host, body: step }))
  const headers = { cookie, origin: `http://${host}:${node.port}` }
  const call = (method: string, path: string) => node.call(method, path, { host, headers })
  return { email, operator, first, call, token: (await call('POST', '/v1/operators/token')).body.accessToken as string }
}

describe('the link of an invitation', () => {
  test('makes its reader the operator, once, of fifty at a time too', async () => {
    const { token, email } = await invited()
    const answers = await Promise.all(Array.from({ length: 50 }, () => accept(token)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(49).fill(400)])
    expect(answers.find(({ status }) => status === 200)?.body).toMatchObject({ email, name: 'Olivia' })
    expect((await accept(token)).body).toMatchObject({ code: 'invitation_invalid' })
  })

  test('is none any more once there is a newer one, its day is over, or the operator was disabled', async () => {
    const older = await invited()
    const newer = await operators().inviteAgain(older.operator.id)
    expect((await accept(older.token)).body.code).toBe('invitation_invalid')
    await asSuperuser(
      `update tenantry.operator_invitations set expires_at = tenantry.clock() where operator_id = '${older.operator.id}'`,
    )
    expect((await accept(newer.token)).body.code).toBe('invitation_invalid')
    const last = await operators().inviteAgain(older.operator.id)
    await operators().disable(older.operator.id)
    expect((await accept(last.token)).body.code).toBe('invitation_invalid')
    await expect(operators().inviteAgain(older.operator.id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(operators().invite({ email: older.email, name: 'Olivia' })).rejects.toMatchObject({ code: 'conflict' })
  })

  test('lasts when the password was too weak, and leads nowhere on any other host', async () => {
    const { token } = await invited()
    expect((await accept(token, 'short')).body.code).toBe('invalid_request')
    for (const at of [north.host, 'localhost', 'api.localhost']) {
      expect((await accept(token, password, at)).body, at).toMatchObject({ code: 'not_found', detail: 'There is nothing here.' })
    }
    expect((await accept(token)).status).toBe(200)
  })

  test('for somebody who is known already changes his password and signs him out everywhere', async () => {
    const { email, operator, call, token } = await signedIn()
    const again = await operators().invite({ email, name: 'Somebody else' })
    expect(again.operator).toEqual(operator)
    expect((await accept(again.token, 'quite another passphrase')).status).toBe(200)
    expect((await call('GET', '/v1/me')).status).toBe(401)
    expect((await read(token)).status).toBe(401)
    const { body } = await node.call('POST', '/v1/auth/sign-in', { host, body: { email, password: 'quite another passphrase' } })
    expect(Object.keys(body)).toEqual(['mfa'])
  })
})

describe('an operator who signs in', () => {
  test('is none with a password alone, and one with a second factor', async () => {
    const { token, email } = await invited()
    await accept(token)
    const { call } = await browserOf(node, host, email)
    expect((await call('POST', '/v1/operators/token')).body).toMatchObject({ code: 'second_factor_required' })
    expect((await call('GET', '/v1/operators')).status).toBe(401)
    const operator = await signedIn()
    expect((await read(operator.token)).status).toBe(200)
    // The session from before the app was set up stays one of a password alone.
    expect((await operator.first.call('POST', '/v1/operators/token')).body).toMatchObject({ code: 'second_factor_required' })
  })

  test('acts under his own name: entering a tenant is in its audit', async () => {
    const { token, operator } = await signedIn()
    const path = `/v1/tenants/${north.tenant.id}/limits/users`
    const headers = { 'tenantry-reason': 'The customer asked for it' }
    expect((await node.call('PUT', path, { host, key: token, body: { max: 50 }, headers })).status).toBe(200)
    const { body } = await node.call('GET', '/v1/audit?action=platform.tenant.entered', { host: north.host, key: north.key })
    expect(body.items[0]).toMatchObject({ actorKind: 'operator', actorId: operator.id })
  })

  test("has nothing on a tenant's host, and a member or a key nothing on the operators'", async () => {
    const { token, call } = await signedIn()
    for (const at of [north.host, 'api.localhost']) {
      expect((await node.call('GET', '/v1/tenants/current', { host: at, key: token })).body.code).toBe('not_found')
    }
    const member = await newMember(node, north, 'owner')
    const { accessToken } = await program(node, north, member)
    expect((await read(accessToken)).body.code).toBe('not_found')
    expect((await read(north.key)).body.code).toBe('not_found')
    expect((await call('POST', '/v1/token')).body.code).toBe('not_found')
  })

  test.each(['disabled', 'signed out'])('is out on every node within a second once %s', async (how) => {
    const { token, operator, call } = await signedIn()
    expect((await read(token, elsewhere)).status).toBe(200)
    if (how === 'disabled') await operators().disable(operator.id)
    else expect((await call('POST', '/v1/auth/sign-out')).status).toBe(204)
    expect((await read(token)).status).toBe(401)
    expect(await until(401, () => read(token, elsewhere))).toBeLessThan(3_000)
    expect((await call('POST', '/v1/operators/token')).status).toBe(401)
  })

  test('has a token that only our key, our type and our host make', async () => {
    const { token } = await signedIn()
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect((await read(await signedByUs(node, claims, { typ: 'op+jwt' }))).status).toBe(200)
    const { aud: _, ...nobodys } = claims
    const wrong = [
      await signedByUs(node, claims),
      await signedByUs(node, nobodys, { typ: 'op+jwt' }),
      await signedByUs(node, { ...claims, iss: `http://${north.host}:${node.port}` }, { typ: 'op+jwt' }),
      await signedByUs(node, { ...claims, exp: claims.iat - 1 }, { typ: 'op+jwt' }),
      await signedByUs(node, { ...claims, sid: crypto.randomUUID() }, { typ: 'op+jwt' }),
      `${token.slice(0, -4)}AAAA`,
    ]
    for (const each of wrong) expect((await read(each)).body).toMatchObject({ code: 'unauthenticated' })
  })

  test("may have another's session no more than another's id: a token names both", async () => {
    const [one, two] = [await signedIn(), await signedIn()]
    const claims = JSON.parse(Buffer.from(one.token.split('.')[1] ?? '', 'base64url').toString())
    expect((await read(await signedByUs(node, { ...claims, sub: two.operator.id }, { typ: 'op+jwt' }))).status).toBe(401)
  })
})

test('an operator makes links for others over the API, and a key stays for machines', async () => {
  const key = await operatorKey(node)
  const { operator } = await invited()
  const { status, body } = await node.call('POST', `/v1/operators/${operator.id}/invitations`, { host, key })
  expect(status).toBe(201)
  expect(body.url).toMatch(new RegExp(`^http://${host}:${node.port}/operators/accept#token=[\\w-]{43}$`))
  expect((await accept(body.url.split('#token=')[1])).status).toBe(200)
})

async function asSuperuser(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.superuserUrl })
  await client.connect()
  await client.query(statement)
  await client.end()
}
