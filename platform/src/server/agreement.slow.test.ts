import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityNode } from '../identity/identity.test-support.ts'
import { sql } from '../isolation/statement.ts'
import { mintKey, parseKey, withChecksum } from '../keys/key-format.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { newMember, program } from '../tokens/tokens.test-support.ts'
import {
  databaseWithSystems,
  operatorKey,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from './tenantry.test-support.ts'

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
  await node?.tenantry.close()
  await database?.drop()
})

const racks = '/v1/shelf/racks'

test("a key works on its own tenant's host, and on hosts where the credential alone names the tenant", async () => {
  for (const host of [north.host, 'api.localhost', '127.0.0.1', 'localhost']) {
    expect(await node.call('GET', racks, { host, key: north.key })).toMatchObject({ status: 200, body: { items: [] } })
  }
})

test("a key on another tenant's host finds what a host that never was answers, byte for byte", async () => {
  const foreign = await node.call('GET', racks, { host: south.host, key: north.key })
  const absent = await node.call('GET', racks, { host: 'never-was.localhost', key: north.key })
  expect(foreign.status).toBe(404)
  expect(foreign.text).toBe(absent.text)
})

test("[CRM-2] a handler that forgets the tenant reads the rows of the caller's tenant only", async () => {
  const mine = await node.call('POST', racks, { host: north.host, key: north.key, body: { name: 'mine' } })
  expect(mine.status).toBe(201)
  const listed = await node.call('GET', racks, { host: south.host, key: south.key })
  expect(listed.body.items).toEqual([])
})

test("an unknown host, the base's other names and another address answer public pages only", async () => {
  for (const host of ['shop.example.com', 'a.b.localhost', '10.1.2.3']) {
    expect((await node.call('GET', racks, { host, key: north.key })).status).toBe(404)
    expect((await node.call('GET', '/healthz', { host })).status).toBe(200)
  }
})

test("a tenant's own domain leads to it as soon as its row is there", async () => {
  const host = `racks-${north.tenant.slug}.example.com`
  expect((await node.call('GET', racks, { host, key: north.key })).status).toBe(404)
  const scope = node.tenantry.scope({ tenantId: north.tenant.id, actor: { kind: 'system', id: north.tenant.id } })
  await scope.run(sql`insert into tenantry.hosts (host, kind) values (${host}, 'custom')`)
  await node.tenantry.directory.catchUp()
  expect((await node.call('GET', racks, { host, key: north.key })).status).toBe(200)
  expect((await node.call('GET', racks, { host, key: south.key })).status).toBe(404)
})

test('no credential, a malformed, a wrong, an unknown and an expired one get the same answer', async () => {
  const { services, scope, directory } = node.tenantry
  const inside = scope({ tenantId: north.tenant.id, actor: { kind: 'system', id: north.tenant.id } })
  const entry = await directory.tenantById(north.tenant.id)
  if (entry === undefined) throw new Error('no tenant')
  const { key, credential: expired } = await services.keys.create(
    inside,
    { name: 'short', permissions: ['shelf.racks:read'] },
    services.keys.everythingIn(entry),
  )
  await inside.run(sql`update tenantry.api_keys set expires_at = tenantry.clock() where id = ${key.id}`)
  await directory.catchUp()

  const right = parseKey(north.key)?.publicId
  const unknown = mintKey('tenant').credential
  const answers = [
    await node.call('GET', racks, { host: north.host }),
    await node.call('GET', racks, { host: north.host, headers: { authorization: 'Basic bm9ydGg6d2luZA==' } }),
    ...(await Promise.all(
      ['tnk_', unknown, forged(right ?? ''), expired, mintKey('operator').credential].map((wrong) =>
        node.call('GET', racks, { host: north.host, key: wrong }),
      ),
    )),
  ]
  for (const answer of answers) {
    expect(answer.status).toBe(401)
    expect(answer.text).toBe(answers[0]?.text)
  }
})

/** A well-formed key with the public id of another one: the hash alone tells them apart. */
function forged(publicId: string): string {
  return withChecksum(`tnk_${publicId}${mintKey('tenant').credential.slice(20, -6)}`)
}

test("another system's routes do not exist for a tenant", async () => {
  const bay = await tenantWithKey(node, { system: 'depot' })
  const foreign = await node.call('GET', racks, { host: bay.host, key: bay.key })
  const absent = await node.call('GET', '/v1/shelf/nothing', { host: bay.host, key: bay.key })
  expect(foreign.status).toBe(404)
  expect(foreign.body.code).toBe('not_found')
  expect(absent.body.code).toBe('not_found')
})

test("operators work on the operators' host and nowhere else; a tenant's key is nothing there", async () => {
  const operator = await operatorKey(node)
  expect((await node.call('GET', '/v1/tenants', { host: 'dashboard.localhost', key: operator })).status).toBe(200)
  expect((await node.call('GET', '/v1/tenants', { host: 'dashboard.localhost' })).status).toBe(401)
  for (const host of [north.host, 'api.localhost', '127.0.0.1']) {
    expect((await node.call('GET', '/v1/tenants', { host, key: operator })).status).toBe(404)
    expect((await node.call('GET', racks, { host, key: operator })).status).toBe(404)
  }
  expect((await node.call('GET', '/v1/tenants', { host: 'dashboard.localhost', key: north.key })).status).toBe(404)
  expect((await node.call('GET', racks, { host: 'dashboard.localhost', key: north.key })).status).toBe(404)
})

test('guessing keys is slowed down by address, and honest tenants do not feel it', async () => {
  const slow = await startNode(database, { addressRate: 5 })
  try {
    const guesses = []
    for (let guess = 0; guess < 12; guess += 1) guesses.push(await slow.call('GET', racks, { key: mintKey('tenant').credential }))
    expect(guesses.map(({ status }) => status)).toContain(429)
    expect(guesses.find(({ status }) => status === 429)?.headers['retry-after']).toBeDefined()
    expect((await slow.call('GET', racks, { key: north.key })).status).toBe(200)
  } finally {
    await slow.tenantry.close()
  }
})

test("[IIOT-14] answers tell how much of the key's and the tenant's rate is left", async () => {
  const answer = await node.call('GET', racks, { host: north.host, key: north.key })
  expect(answer.headers.ratelimit).toMatch(/"key";r=\d+;t=\d+, "tenant";r=\d+;t=\d+/)
})

test('links are built from the configured address of a verified host', () => {
  expect(node.tenantry.addressOf('northwind')).toBe(`http://northwind.localhost:${node.port}`)
})

test("a member's token is held to the same agreement as a key: every wrong door answers both of them alike", async () => {
  const { accessToken } = await program(node, north, await newMember(node, north, 'owner'))
  const doors = [south.host, 'never-was.localhost', 'a.b.localhost', 'shop.example.com', 'dashboard.localhost', '10.1.2.3']
  for (const host of doors) {
    for (const path of ['/v1/tenants/current', '/v1/tenants']) {
      const [byKey, byToken] = [
        await node.call('GET', path, { host, key: north.key }),
        await node.call('GET', path, { host, key: accessToken }),
      ]
      expect([host, path, byToken.status, byToken.text]).toEqual([host, path, byKey.status, byKey.text])
      expect(byToken.status).toBe(404)
    }
  }
})

test('a proxy may restate the tenant of a token, and never name another one', async () => {
  const { accessToken } = await program(node, north, await newMember(node, north))
  const ask = (restated: string) =>
    node.call('GET', '/v1/tenants/current', { host: north.host, key: accessToken, headers: { 'x-tenant-id': restated } })
  expect((await ask(north.tenant.id)).status).toBe(200)
  expect((await ask(south.tenant.id)).status).toBe(404)
})
