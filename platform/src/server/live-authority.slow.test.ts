import { type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TransitionName } from '../tenants/lifecycle.ts'
import type { MoveDetails } from '../tenants/tenants.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import {
  databaseWithSystems,
  operatorKey,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from './tenantry.test-support.ts'

/** A second is promised; the test's own requests share the processors with other tests. */
const aSecond = 3_000

let database: TestDatabase
/** Where things are changed, and another process of the same installation. */
let here: TestNode
let there: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  here = await startNode(database)
  there = await startNode(database, { slowConnections: 2 })
})
afterAll(async () => {
  await Promise.all([here?.tenantry.close(), there?.tenantry.close()])
  await database?.drop()
})

const doer = { actor: { kind: 'operator', id: '018f0000-0000-7000-8000-0000000000aa' } } as const
function move(tenant: TestTenant, name: TransitionName, details: MoveDetails) {
  return here.tenantry.services.tenants.move(tenant.tenant.id, name, details, doer)
}
const read = (node: TestNode, tenant: TestTenant) => node.call('GET', '/v1/shelf/racks', { host: tenant.host, key: tenant.key })
const write = (node: TestNode, tenant: TestTenant) =>
  node.call('POST', '/v1/shelf/racks', { host: tenant.host, key: tenant.key, body: { name: 'rack' } })

/** Milliseconds until the answer is the one expected; the promise of the platform is one second. */
async function until(status: number, ask: () => Promise<{ status: number }>): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    if ((await ask()).status === status) return performance.now() - startedAt
    if (performance.now() - startedAt > 5_000) throw new Error(`still not ${status} after 5 s`)
    await sleep(5)
  }
}

test('[SEC-6] a revoked key is out at once on this node, and within a second on one that was using it', async () => {
  const tenant = await tenantWithKey(here)
  expect((await read(there, tenant)).status).toBe(200)
  await here.call('DELETE', `/v1/keys/${tenant.keyId}`, { host: tenant.host, key: tenant.key })
  expect((await read(here, tenant)).status).toBe(401)
  expect(await until(401, () => read(there, tenant))).toBeLessThan(aSecond)
})

test('[SEC-6] a key revoked while the other node was idle is refused there on its next use', async () => {
  const tenant = await tenantWithKey(here)
  expect((await read(there, tenant)).status).toBe(200)
  await here.call('DELETE', `/v1/keys/${tenant.keyId}`, { host: tenant.host, key: tenant.key })
  await sleep(1_000)
  expect((await read(there, tenant)).status).toBe(401)
})

test('[FIN-6][FIN-18] two keys rotated under load go on until their end; revoked, all four are dead within a second on an idle node', async () => {
  const tenant = await tenantWithKey(here)
  const own = { host: tenant.host, key: tenant.key }
  const make = async () =>
    (await here.call('POST', '/v1/keys', { ...own, body: { name: 'old', permissions: ['shelf.racks:read'] } })).body
  const use = (node: TestNode, key: string) => node.call('GET', '/v1/shelf/racks', { host: tenant.host, key })
  const old = [await make(), await make()]
  // Known there, and then not asked for again.
  for (const { credential } of old) expect((await use(there, credential)).status).toBe(200)

  let rotating = true
  const refused: number[] = []
  const load = old.flatMap(({ credential }) =>
    Array.from({ length: 4 }, async () => {
      while (rotating) {
        const { status } = await use(here, credential)
        if (status !== 200) refused.push(status)
      }
    }),
  )
  const rotated = await Promise.all(
    old.map(async ({ id }) => (await here.call('POST', `/v1/keys/${id}/rotate`, { ...own, body: { overlap: 3_600 } })).body),
  )
  for (const { credential } of rotated) expect((await use(here, credential)).status).toBe(200)
  rotating = false
  await Promise.all(load)
  expect(refused).toEqual([])
  for (const { credential } of rotated) expect((await use(there, credential)).status).toBe(200)

  const all = [...old, ...rotated]
  for (const { id } of all) expect((await here.call('DELETE', `/v1/keys/${id}`, own)).status).toBe(204)
  await sleep(1_000)
  const after = await Promise.all(all.map(({ credential }) => use(there, credential)))
  expect(after.map(({ status }) => status)).toEqual([401, 401, 401, 401])
})

test('[IIOT-14] a list of addresses acts everywhere within a second, and ends what runs from elsewhere', async () => {
  const tenant = await tenantWithKey(here)
  const stream = await openStream(tenant, '/v1/shelf/watch')
  await until(200, async () => ({ status: stream.bytes() > 0 ? 200 : 0 }))
  const scope = here.tenantry.scope({ tenantId: tenant.tenant.id, actor: { kind: 'system', id: tenant.tenant.id } })
  await here.tenantry.services.addressLists.set(scope, ['192.0.2.0/24'])
  expect((await read(here, tenant)).status).toBe(403)
  expect(await until(403, () => read(there, tenant))).toBeLessThan(aSecond)
  expect(await until(200, async () => ({ status: stream.isOver() ? 200 : 0 }))).toBeLessThan(2 * aSecond)
})

test('[SEC-6] suspension, resumption and archiving act on live keys everywhere within a second', async () => {
  const tenant = await tenantWithKey(here)
  expect((await write(there, tenant)).status).toBe(201)

  await move(tenant, 'suspend', { reason: 'invoice unpaid', mode: 'read_only' })
  expect((await write(here, tenant)).status).toBe(403)
  expect(await until(403, () => write(there, tenant))).toBeLessThan(aSecond)
  expect((await read(there, tenant)).status).toBe(200)

  await move(tenant, 'suspend', { reason: 'invoice still unpaid', mode: 'blocked' })
  expect(await until(403, () => read(there, tenant))).toBeLessThan(aSecond)
  expect((await read(there, tenant)).body).toMatchObject({ code: 'tenant_suspended', mode: 'blocked' })
  const own = await there.call('GET', '/v1/tenants/current', { host: tenant.host, key: tenant.key })
  expect(own.body).toMatchObject({ status: 'suspended', suspension: 'blocked' })

  await move(tenant, 'resume', { reason: 'paid' })
  expect(await until(200, () => read(there, tenant))).toBeLessThan(aSecond)

  await move(tenant, 'archive', { reason: 'contract ended' })
  expect(await until(404, () => read(there, tenant))).toBeLessThan(aSecond)
  await move(tenant, 'restore', { reason: 'came back' })
  expect(await until(200, () => read(there, tenant))).toBeLessThan(aSecond)
})

test('[BMS-13] a tenant made on one node is served by the other at once, though its host was asked for before', async () => {
  const slug = `fresh${Date.now()}`
  expect(
    (await there.call('GET', '/v1/shelf/racks', { host: `${slug}.localhost`, key: (await tenantWithKey(here)).key })).status,
  ).toBe(404)
  const tenant = await tenantWithKey(here, { slug })
  expect(await until(200, () => read(there, tenant))).toBeLessThan(aSecond)
})

test('a disabled operator is out with all of his keys', async () => {
  const key = await operatorKey(here)
  const list = () => there.call('GET', '/v1/operators', { host: 'dashboard.localhost', key })
  const operators = (await list()).body.items
  await here.tenantry.services.operators.disable(operators.at(-1).id)
  expect(await until(401, list)).toBeLessThan(aSecond)
})

test.each([
  ["a suspended tenant's", (tenant: TestTenant) => move(tenant, 'suspend', { reason: 'unpaid' }), '/v1/shelf/watch'],
  [
    "a revoked key's",
    (tenant: TestTenant) => here.call('DELETE', `/v1/keys/${tenant.keyId}`, { key: tenant.key }),
    '/v1/shelf/watch',
  ],
  [
    "a revoked key's, whose route declares no stream,",
    (tenant: TestTenant) => here.call('DELETE', `/v1/keys/${tenant.keyId}`, { key: tenant.key }),
    '/v1/shelf/export',
  ],
] as const)(
  "[SEC-6] %s running stream ends within two seconds on the other node, and nobody else's does",
  async (_, shutOut, path) => {
    const [tenant, neighbour] = [await tenantWithKey(here), await tenantWithKey(here)]
    const [stream, other] = [await openStream(tenant, path), await openStream(neighbour, path)]
    await until(200, async () => ({ status: stream.bytes() > 0 && other.bytes() > 0 ? 200 : 0 }))
    await shutOut(tenant)
    expect(await until(200, async () => ({ status: stream.isOver() ? 200 : 0 }))).toBeLessThan(2 * aSecond)
    const bytes = other.bytes()
    await until(200, async () => ({ status: other.bytes() > bytes ? 200 : 0 }))
    expect(other.isOver()).toBe(false)
    other.leave()
  },
)

async function openStream({ key }: TestTenant, path: string) {
  const outgoing = request({
    host: '127.0.0.1',
    port: there.port,
    path,
    headers: { authorization: `Bearer ${key}` },
  })
  const incoming = await new Promise<IncomingMessage>((resolve, reject) =>
    outgoing.on('response', resolve).on('error', reject).end(),
  )
  let bytes = 0
  let over = false
  incoming.on('data', (piece: Buffer) => {
    bytes += piece.length
  })
  incoming.on('error', () => {})
  incoming.on('close', () => {
    over = true
  })
  return { bytes: () => bytes, isOver: () => over, leave: () => outgoing.destroy() }
}
