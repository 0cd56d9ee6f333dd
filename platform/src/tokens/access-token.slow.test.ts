import { createHmac } from 'node:crypto'
import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityNode } from '../identity/identity.test-support.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { claimsOf, newMember, program, signedByUs } from './tokens.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant
let south: TestTenant
let token: string

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
  token = (await program(node, north, await newMember(node, north))).accessToken
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const own = '/v1/tenants/current'
const ask = (credential: string, host = north.host) => node.call('GET', own, { host, key: credential })
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

test("[CRM-3] a token names the client and the user, and works on the client's subdomain and where it names the client alone", async () => {
  expect(claimsOf(token)).toMatchObject({ tid: north.tenant.id, aud: 'api', iss: `http://${north.host}:${node.port}` })
  expect(claimsOf(token).sub).toMatch(/^[0-9a-f-]{36}$/)
  for (const host of [north.host, 'api.localhost', '127.0.0.1']) {
    expect(await ask(token, host)).toMatchObject({ status: 200, body: { id: north.tenant.id } })
  }
})

test("[CRM-3] on another client's subdomain it finds what a host that never was answers, byte for byte", async () => {
  const foreign = await ask(token, south.host)
  const absent = await ask(token, 'never-was.localhost')
  expect(foreign.status).toBe(404)
  expect(foreign.text).toBe(absent.text)
  expect((await ask(token, 'dashboard.localhost')).status).toBe(404)
})

test('whatever is wrong with a token, the answer is that of no token', async () => {
  const claims = claimsOf(token)
  const { aud: _, ...noAudience } = claims
  const [header = ''] = token.split('.')
  const parsed = JSON.parse(Buffer.from(header, 'base64url').toString())
  const { keys } = (await node.call('GET', '/.well-known/jwks.json')).body
  const publicHalf = keys.find(({ kid }: { kid: string }) => kid === parsed.kid)
  const body = part(claims)
  const hmac = `${part({ ...parsed, alg: 'HS256' })}.${body}`
  const stranger = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  const byStranger = (kid: string) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid }).sign(stranger.privateKey)
  const wrong = {
    'no signature': `${part({ ...parsed, alg: 'none' })}.${body}.`,
    'no signature, as three parts': `${part({ ...parsed, alg: 'none' })}.${body}.AAAA`,
    'HMAC with the public key': `${hmac}.${createHmac('sha256', publicHalf.x).update(hmac).digest('base64url')}`,
    'HMAC with the public JWK': `${hmac}.${createHmac('sha256', JSON.stringify(publicHalf)).update(hmac).digest('base64url')}`,
    'another type': await signedByUs(node, claims, { typ: 'JWT' }),
    "an operator's type": await signedByUs(node, claims, { typ: 'op+jwt' }),
    'no audience': await signedByUs(node, noAudience),
    'another audience': await signedByUs(node, { ...claims, aud: 'somebody' }),
    'another scheme': await signedByUs(node, { ...claims, iss: claims.iss.replace('http:', 'https:') }),
    "the operators' host": await signedByUs(node, { ...claims, iss: 'http://dashboard.localhost' }),
    'no issuer': await signedByUs(node, { ...claims, iss: undefined }),
    'no tenant': await signedByUs(node, { ...claims, tid: undefined }),
    'no session': await signedByUs(node, { ...claims, sid: undefined }),
    'no end': await signedByUs(node, { ...claims, exp: undefined }),
    over: await signedByUs(node, { ...claims, exp: Math.floor(Date.now() / 1_000) - 1 }),
    'a key id of nobody': await byStranger('A'.repeat(43)),
    'our key id and another key': await byStranger(parsed.kid),
    'a critical extension': await signedByUs(node, claims, { crit: ['tenantry'], tenantry: true }),
    'a changed letter': token.slice(0, -6) + (token.at(-6) === 'A' ? 'B' : 'A') + token.slice(-5),
    'three dots': `${token}.`,
    'a token of a megabyte': `eyJ${'a'.repeat(9_000)}.a.a`,
  }
  const none = await node.call('GET', own, { host: north.host })
  expect(none.status).toBe(401)
  for (const [name, each] of Object.entries(wrong)) {
    const answer = await ask(each)
    expect([name, answer.status, answer.text]).toEqual([name, 401, none.text])
  }
  expect((await ask(token)).status).toBe(200)
})

test('what a token says of rights counts for nothing: role and permissions are those of the membership', async () => {
  const raised = await signedByUs(node, { ...claimsOf(token), role: 'owner', reach: 'all', permissions: ['keys:read'] })
  expect((await ask(raised)).status).toBe(200)
  expect((await node.call('GET', '/v1/keys', { host: north.host, key: raised })).status).toBe(403)
})

test("a token whose parts are of two people, two memberships or two tenants is nobody's, though our key signed it", async () => {
  const mine = claimsOf(token)
  const other = claimsOf((await program(node, north, await newMember(node, north, 'owner'))).accessToken)
  const foreign = claimsOf((await program(node, south, await newMember(node, south, 'owner'))).accessToken)
  const mixed = [
    { ...mine, sub: other.sub },
    { ...mine, sub: other.sub, mid: other.mid },
    { ...mine, mid: other.mid },
    { ...mine, sid: other.sid },
    { ...mine, sk: 'browser' },
    { ...mine, tid: foreign.tid },
    { ...foreign, tid: mine.tid },
    { ...mine, act: { sub: crypto.randomUUID() } },
  ]
  for (const claims of mixed) expect([claims, (await ask(await signedByUs(node, claims))).status]).toEqual([claims, 401])
})
