import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { join, joinAs, startPeopleNode } from '../members/people.test-support.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { until } from '../webhooks/webhooks.test-support.ts'
import { type EventReader, readEvents } from './event-reader.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant
let south: TestTenant
const streams: EventReader[] = []

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startPeopleNode(database)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})
beforeEach(async () => {
  north = await tenantWithKey(node, { tier: 'large' })
  south = await tenantWithKey(node, { tier: 'large' })
})
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close()
})

const get = (path: string, key = north.key) => node.call('GET', path, { host: 'api.localhost', key })

/** Something that happens: `platform.key.created`. */
async function makeKey(name: string, options: object = {}, tenant = north): Promise<string> {
  const body = { name, permissions: ['tenant:read'], ...options }
  const made = await node.call('POST', '/v1/keys', { host: 'api.localhost', key: tenant.key, body })
  expect(made.status, made.text).toBe(201)
  return made.body.credential
}

async function follow(key: string, after?: string): Promise<EventReader> {
  const options = { host: 'api.localhost', key, ...(after === undefined ? {} : { after }) }
  const stream = await readEvents(node.port, '/v1/events/stream', options)
  streams.push(stream)
  return stream
}

const names = (items: readonly { readonly data: { readonly name?: string } }[]) => items.map(({ data }) => data.name)

test('[FIN-11] events are listed from the oldest or the newest, page by page, and a cursor goes on where the last page ended', async () => {
  for (const name of ['one', 'two', 'three']) await makeKey(name)
  const path = '/v1/events?type=platform.key.created&limit=2'
  await until(async () => (await get('/v1/events?type=platform.key.created')).body.items.length === 4)
  const first = (await get(path)).body
  const rest = (await get(`${path}&cursor=${first.nextCursor}`)).body
  expect(names([...first.items, ...rest.items])).toEqual(['test', 'one', 'two', 'three'])
  expect(rest.nextCursor).toBeNull()
  const newest = (await get(`${path}&order=newest`)).body
  const older = (await get(`${path}&order=newest&cursor=${newest.nextCursor}`)).body
  expect(names([...newest.items, ...older.items])).toEqual(['three', 'two', 'one', 'test'])
  expect((await get(`${path}&cursor=${newest.nextCursor}`)).body.code).toBe('invalid_cursor')
  expect((await get(`/v1/events?cursor=${first.nextCursor}`)).body.code).toBe('invalid_cursor')
  expect((await get('/v1/events?type=platform.key.created', south.key)).body.items).toHaveLength(1)
})

test('[FIN-11] each caller sees the events of what he may read, and a limited one none', async () => {
  const narrow = await makeKey('narrow', { permissions: ['keys:read'] })
  const none = await makeKey('none', { permissions: ['shelf.racks:read'] })
  const limited = await makeKey('limited', { permissions: ['audit:read'], reach: 'granted' })
  await joinAs(node, north, 'viewer')
  const typesOf = async (key: string) => {
    const { items } = (await get('/v1/events?limit=200', key)).body
    return [...new Set(items.map(({ type }: { type: string }) => type))].sort()
  }
  await until(async () => (await typesOf(north.key)).includes('platform.member.joined'))
  expect(await typesOf(narrow)).toEqual(['platform.key.created'])
  expect((await get('/v1/events', none)).body).toMatchObject({ code: 'forbidden', permission: 'audit:read' })
  expect((await get('/v1/events', limited)).body).toMatchObject({ code: 'forbidden', permission: 'reach:all' })
  const stream = await follow(narrow)
  await joinAs(node, north, 'viewer')
  await makeKey('after')
  await until(() => stream.received.length === 1)
  expect(stream.received[0]?.data).toMatchObject({ type: 'platform.key.created', data: { name: 'after' } })
})

test('[FIN-11] what happens comes live, to its own tenant only, in order and once, also to who was cut off', async () => {
  // A stream begins with what the oldest transaction at work may still add to, so what was there already is left out here.
  const fresh = ({ received }: EventReader) =>
    received.filter(({ data }) => data.data.name !== 'test' && data.type === 'platform.key.created')
  const stream = await follow(north.key)
  const theirs = await follow(south.key)
  await Promise.all(Array.from({ length: 12 }, (_, n) => makeKey(`key ${n}`)))
  await until(() => fresh(stream).length === 12)
  await makeKey('of south', {}, south)
  await until(() => fresh(theirs).length === 1)
  expect(names(fresh(theirs).map(({ data }) => data))).toEqual(['of south'])
  const half = fresh(stream)[5]
  stream.close()
  await makeKey('while away')
  const again = await follow(north.key, half?.id)
  await until(() => again.received.length === 7)
  await makeKey('back')
  await until(() => again.received.length === 8)
  expect(again.received.map(({ id }) => id).slice(0, 6)).toEqual(
    fresh(stream)
      .map(({ id }) => id)
      .slice(6),
  )
  expect(names(again.received.slice(6).map(({ data }) => data))).toEqual(['while away', 'back'])
  const listed = (await get('/v1/events?type=platform.key.created&limit=200')).body.items
  expect(names(listed).slice(1, 13)).toEqual(names(fresh(stream).map(({ data }) => data)))
})

test('a stream ends when its key is revoked, and an odd place to resume from is refused', async () => {
  const key = await makeKey('short-lived', { permissions: ['audit:read'] })
  const stream = await follow(key)
  const { items } = (await get('/v1/keys')).body
  const { id } = items.find(({ name }: { name: string }) => name === 'short-lived')
  await node.call('DELETE', `/v1/keys/${id}`, { host: 'api.localhost', key: north.key })
  await until(() => stream.isOver())
  for (const after of ['x', '99999999999999999999.018f0000-0000-7000-8000-00000000000a', "1'.2"])
    await expect(follow(north.key, after)).rejects.toThrow('400')
})

test('a member with a role of his own sees by its permissions', async () => {
  const role = await node.call('POST', '/v1/roles', {
    host: north.host,
    key: north.key,
    body: { name: 'Watcher', permissions: ['members:read'] },
  })
  const watcher = await join(node, north, { customRoleId: role.body.id })
  await makeKey('unseen')
  await until(async () =>
    (await get('/v1/events?limit=200')).body.items.some(({ data }: { data: { name?: string } }) => data.name === 'unseen'),
  )
  const seen = (await watcher.call('GET', '/v1/events?limit=200')).body.items
  expect(seen.map(({ type }: { type: string }) => type)).toContain('platform.member.joined')
  expect(names(seen)).not.toContain('unseen')
})
