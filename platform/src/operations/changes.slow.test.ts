import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type EventReader, readEvents } from '../events/event-reader.test-support.ts'
import { masterKey } from '../identity/identity.test-support.ts'
import { enqueue } from '../jobs/enqueue.ts'
import type { JobDefinition } from '../jobs/job.ts'
import {
  databaseWithSystems,
  operatorKey,
  startNode,
  systems,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { newMember } from '../tokens/tokens.test-support.ts'

const doomed: JobDefinition = {
  name: 'shelf.doomed',
  retries: 0,
  timeout: 20,
  handle: async () => {
    throw new Error('It cannot be done.')
  },
}

let database: TestDatabase
let node: TestNode
let other: TestNode
let key: string
let north: TestTenant
const open: EventReader[] = []

beforeAll(async () => {
  database = await databaseWithSystems()
  const [first, ...rest] = systems
  if (first === undefined) throw new Error('There is no system.')
  node = await startNode(database, { masterKeys: [masterKey] })
  other = await startNode(database, { masterKeys: [masterKey] }, [{ ...first, jobs: [doomed] }, ...rest])
  key = await operatorKey(node)
  north = await tenantWithKey(node)
}, 120_000)
afterEach(() => {
  for (const reader of open.splice(0)) reader.close()
})
afterAll(async () => {
  await node?.tenantry.close()
  await other?.tenantry.close()
  await database?.drop()
})

const host = 'dashboard.localhost'
const ask = (method: string, path: string, body?: unknown, at = other) =>
  at.call(method, path, {
    host,
    key,
    body,
    headers: { 'tenantry-reason': 'A test', ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}) },
  })

/** An open stream, from which nothing is looked at that was there before. */
async function follow(credential = key): Promise<EventReader> {
  const reader = await readEvents(node.port, '/v1/operations/changes/stream', { host, key: credential })
  open.push(reader)
  await expect.poll(() => reader.received.map(({ event }) => event)).toContain('reset')
  return reader
}

const hintsOf = ({ received }: EventReader, kind: string) =>
  received.filter(({ event, data }) => event === 'changed' && data.kind === kind).map(({ data }) => data.ids)

test('[SEC-13] what another operator does on another server is told within two seconds: what kind it is of, and which', async () => {
  const stream = await follow()
  const began = performance.now()
  await ask('POST', `/v1/tenants/${north.tenant.id}/suspend`, { reason: 'Unpaid', mode: 'read_only' })
  await expect.poll(() => hintsOf(stream, 'tenants').flat(), { timeout: 2_000, interval: 20 }).toContain(north.tenant.id)
  expect(performance.now() - began).toBeLessThan(2_000)
  await ask('POST', `/v1/tenants/${north.tenant.id}/resume`, { reason: 'Paid' })
})

test('[SEC-13] bulk operations, accesses, operators and jobs that failed to the end are told as well', async () => {
  const stream = await follow()
  const soon = { timeout: 10_000, interval: 50 }
  const { id } = (
    await ask('POST', '/v1/operations/bulk', {
      action: { do: 'resume' },
      selection: { tenants: [north.tenant.id] },
      reason: 'A test',
    })
  ).body
  // Its beginning by its id, its results without.
  await expect.poll(() => hintsOf(stream, 'bulk'), soon).toEqual(expect.arrayContaining([[id]]))
  await expect.poll(async () => (await ask('GET', `/v1/operations/bulk/${id}`)).body.state, soon).toBe('done')
  await expect.poll(() => hintsOf(stream, 'bulk').length, soon).toBeGreaterThan(1)

  const inNorth = node.tenantry.scope({ tenantId: north.tenant.id, actor: { kind: 'system', id: north.tenant.id } })
  const { memberId } = await newMember(node, north, 'viewer')
  const access = (await ask('POST', `/v1/tenants/${north.tenant.id}/members/${memberId}/token`)).body
  await expect.poll(() => hintsOf(stream, 'access').flat(), soon).toContain(access.id)
  const operator = (await ask('GET', '/v1/operators')).body.items[0]
  await node.tenantry.services.operators.createKey(operator.id)
  await expect.poll(() => hintsOf(stream, 'operators').length, soon).toBeGreaterThan(0)
  await inNorth.run(enqueue(doomed, { ref: memberId }))
  await expect.poll(() => hintsOf(stream, 'jobs').length, soon).toBe(1)
  const { dead } = (await ask('GET', '/v1/operations/jobs')).body
  expect(hintsOf(stream, 'jobs')).toEqual([dead.map((job: { id: string }) => job.id)])
}, 60_000)

test('[SEC-13] nothing of a tenant flows in it: kinds and ids are all there is', async () => {
  const stream = await follow()
  const { tenant } = await tenantWithKey(node, { slug: 'not-to-be-told' })
  await ask('PATCH', `/v1/tenants/${tenant.id}`, { name: 'Nobody hears this' })
  await expect.poll(() => hintsOf(stream, 'tenants').flat(), { timeout: 5_000 }).toContain(tenant.id)
  const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  for (const { id, event, data } of stream.received) {
    expect(id).toBe('')
    if (event === 'reset') expect(data).toEqual({})
    else expect(Object.keys(data).sort()).toEqual(['ids', 'kind'])
    for (const each of data.ids ?? []) expect(each).toEqual(uuid)
  }
  expect(JSON.stringify(stream.received)).not.toMatch(/not-to-be-told|Nobody hears/)
})

test('[SEC-13] it is for operators alone, and one who is disabled hears nothing more within two seconds', async () => {
  await expect(readEvents(node.port, '/v1/operations/changes/stream', { host, key: north.key })).rejects.toThrow(/40[134]/)
  await expect(readEvents(node.port, '/v1/operations/changes/stream', { host: north.host, key: north.key })).rejects.toThrow(
    '404',
  )
  const credential = await operatorKey(node)
  const stream = await follow(credential)
  const all = (await ask('GET', '/v1/operators')).body.items as { id: string; createdAt: string }[]
  const newest = all.toSorted((one, two) => (one.createdAt < two.createdAt ? 1 : -1))[0]
  const began = performance.now()
  await ask('POST', `/v1/operators/${newest?.id}/disable`)
  await expect.poll(stream.isOver, { timeout: 5_000, interval: 20 }).toBe(true)
  expect(performance.now() - began).toBeLessThan(2_500)
})

test('servers that run are listed with version and when they were heard of; one that ends in order is gone, one that is killed is silent', async () => {
  const list = async () => (await ask('GET', '/v1/operations/nodes')).body.items as Record<string, unknown>[]
  const both = await list()
  expect(both).toHaveLength(2)
  expect(both.filter(({ answers }) => answers)).toHaveLength(1)
  for (const each of both) expect(each).toMatchObject({ version: '0.1.0', silent: false, host: expect.stringMatching(/./) })
  const stream = await follow()
  const third = await startNode(database)
  await expect.poll(async () => (await list()).length).toBe(3)
  const added = (await list()).find(({ id }) => both.every((each) => each.id !== id))
  await third.tenantry.close()
  expect(await list()).toHaveLength(2)
  await expect.poll(() => hintsOf(stream, 'nodes').flat()).toContain(added?.id)
  const { pool } = node.tenantry.directory
  const silent = randomUUID()
  const long = randomUUID()
  const left = `insert into tenantry.nodes (id, host, version, seen_at) values ($1, 'killed', '0.0.9', tenantry.clock() - make_interval(secs => $2))`
  await pool.query(left, [silent, 60])
  await pool.query(left, [long, 4_000])
  expect((await list()).find(({ id }) => id === silent)).toMatchObject({ host: 'killed', version: '0.0.9', silent: true })
  await expect.poll(async () => (await list()).some(({ id }) => id === long), { timeout: 15_000, interval: 500 }).toBe(false)
  expect((await list()).some(({ id }) => id === silent)).toBe(true)
}, 60_000)
