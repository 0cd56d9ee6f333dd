import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityNode, masterKey } from '../identity/identity.test-support.ts'
import { makeMasterKey, secretBoxOf } from '../secrets/master-keys.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { createSigningKeys } from './signing-keys.ts'
import { newMember, program, until } from './tokens.test-support.ts'

let database: TestDatabase
let here: TestNode
let there: TestNode
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  here = await identityNode(database)
  there = await identityNode(database)
  north = await tenantWithKey(here)
})
afterAll(async () => {
  await Promise.all([here?.tenantry.close(), there?.tenantry.close()])
  await database?.drop()
})

const kidOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
const published = async (node: TestNode, host = 'localhost') =>
  (await node.call('GET', '/.well-known/jwks.json', { host })).body.keys.map(({ kid }: { kid: string }) => kid)
const own = (node: TestNode, key: string) => node.call('GET', '/v1/tenants/current', { host: north.host, key })

test('there is no key before one is needed, and then one, however many ask at once on two nodes', async () => {
  expect(await published(here)).toEqual([])
  const keys = [here, there].flatMap(({ tenantry: { directory } }) =>
    Array.from({ length: 10 }, () => createSigningKeys(directory, secretBoxOf([masterKey])).current()),
  )
  expect(new Set((await Promise.all(keys)).map(({ id }) => id)).size).toBe(1)
})

test('the public halves are told on every host of ours, and no private one', async () => {
  const answer = await here.call('GET', '/.well-known/jwks.json', { host: north.host })
  expect(answer.body.keys).toEqual([
    { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), alg: 'EdDSA', use: 'sig' },
  ])
  expect(await published(there, 'api.localhost')).toEqual(await published(here, north.host))
})

test('a rotated key signs at once; tokens of the old one go on, on both nodes, until they are over', async () => {
  const member = await newMember(here, north)
  const before = await program(here, north, member)
  const rotated = await here.tenantry.services.tokens.rotateKey()
  const after = await program(here, north, member)
  expect(kidOf(before.accessToken)).not.toBe(rotated)
  expect(kidOf(after.accessToken)).toBe(rotated)
  // The other node has not heard of the new key and finds it all the same.
  expect((await own(there, after.accessToken)).status).toBe(200)
  for (const node of [here, there]) expect((await own(node, before.accessToken)).status).toBe(200)
  expect(await published(there)).toEqual([rotated, kidOf(before.accessToken)])
})

test('a key whose last token is over is published no more, and signs nothing that counts', async () => {
  const member = await newMember(here, north)
  const { accessToken } = await program(here, north, member)
  const next = await here.tenantry.services.tokens.rotateKey()
  await here.tenantry.directory.pool.query(
    `update tenantry.signing_keys set retired_at = tenantry.clock() - interval '62 minutes' where id = $1`,
    [kidOf(accessToken)],
  )
  await Promise.all([here.tenantry.directory.catchUp(), there.tenantry.directory.catchUp()])
  for (const node of [here, there]) {
    expect(await published(node)).toContain(next)
    expect(await published(node)).not.toContain(kidOf(accessToken))
    expect((await own(node, accessToken)).status).toBe(401)
  }
})

test('a dropped key, because somebody else has it, is out on every node within a second', async () => {
  const member = await newMember(here, north)
  const { accessToken } = await program(here, north, member)
  expect((await own(there, accessToken)).status).toBe(200)
  const next = await here.tenantry.services.tokens.rotateKey({ dropOld: true })
  expect((await own(here, accessToken)).status).toBe(401)
  expect(await until(401, () => own(there, accessToken))).toBeLessThan(3_000)
  expect(await published(there)).toEqual([next])
  expect((await own(there, (await program(here, north, member)).accessToken)).status).toBe(200)
})

test('the private half opens with the master key alone, and without one nothing is signed', async () => {
  const { directory } = here.tenantry
  const stranger = createSigningKeys(directory, secretBoxOf([makeMasterKey()]))
  await expect(stranger.current()).rejects.toThrow('cannot be opened')
  await directory.pool.query('delete from tenantry.signing_keys')
  await directory.catchUp()
  await expect(createSigningKeys(directory, secretBoxOf([])).current()).rejects.toMatchObject({ code: 'not_configured' })
})
