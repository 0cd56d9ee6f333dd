import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Isolation } from './isolation.ts'
import { actor, allNotes, insertNote, type Notes, notesDatabase, refusalOf } from './notes.test-support.ts'
import { sql } from './statement.ts'
import type { SnapshotScope, TenantScope } from './tenant-scope.ts'

let notes: Notes
let isolation: Isolation
let scope: TenantScope

beforeAll(async () => {
  notes = await notesDatabase()
  isolation = notes.isolation({ lanes: { slow: { clients: 1, longestWait: 1_000 } } })
  scope = await notes.tenant(isolation, 50)
  await notes.tenant(isolation, 5)
})
afterAll(() => notes.close())

const slow = () => isolation.statistics().slow
const numbers = (count: number) => sql<{ n: number }>`select n from generate_series(1, ${count}::int) n`

test('a stream answers every row of its tenant once, in order, page by page', async () => {
  const streamed = await Array.fromAsync(scope.stream(allNotes, { batchSize: 7 }))
  expect(streamed).toEqual(await scope.run(allNotes))
  expect(slow()).toMatchObject({ inFlight: 0, waiting: 0, connections: 1 })
})

test.each([0, 1, 6, 7, 8, 14])('%i rows arrive in pages of seven', async (count) => {
  expect(await Array.fromAsync(scope.stream(numbers(count), { batchSize: 7 }))).toHaveLength(count)
})

test('a stream that is left gives its client back', async () => {
  for await (const _ of scope.stream(numbers(100_000), { batchSize: 10 })) break
  expect(slow()).toMatchObject({ inFlight: 0, connections: 1 })
  expect(await scope.run(numbers(2_000), { lane: 'slow' })).toHaveLength(2_000)
})

test('a loop over a stream that throws gives its client back', async () => {
  const loop = async () => {
    for await (const _ of scope.stream(numbers(100), { batchSize: 10 })) throw new Error('enough')
  }
  await expect(loop()).rejects.toThrow('enough')
  expect(slow()).toMatchObject({ inFlight: 0, connections: 1 })
})

test('an error in the middle is told as a problem, and the client is given back', async () => {
  const failing = sql`select 1 / (5 - n) from generate_series(1, 10) n`
  expect(await refusalOf(Array.fromAsync(scope.stream(failing, { batchSize: 2 })))).toMatchObject({ code: 'invalid_request' })
  expect(slow()).toMatchObject({ inFlight: 0, connections: 1 })
})

test('a signal ends a stream, even one that nobody is reading', async () => {
  const stop = new AbortController()
  const stoppable = isolation.scope({ tenantId: scope.context.tenantId, actor, signal: stop.signal })
  const rows = stoppable.stream(numbers(100), { batchSize: 10 })[Symbol.asyncIterator]()
  await rows.next()
  expect(slow().inFlight).toBe(1)
  stop.abort(new Error('the caller went away'))
  expect(slow().inFlight).toBe(0)
  await expect(rows.next()).rejects.toThrow('the caller went away')
  expect(await Array.fromAsync(scope.stream(numbers(3)))).toHaveLength(3)
})

test('a stream whose connection breaks is rejected and the next one works', async () => {
  const broken = async () => {
    for await (const row of scope.stream(sql<{ pid: number }>`select pg_backend_pid() as pid from generate_series(1, 100)`, {
      batchSize: 5,
    })) {
      await notes.superuser.query('select pg_terminate_backend($1)', [row.pid])
      await sleep(20)
    }
  }
  expect(await refusalOf(broken())).toMatchObject({ code: 'unavailable' })
  expect(await Array.fromAsync(scope.stream(numbers(3)))).toHaveLength(3)
})

test('readers who take their rows slowly make room for another tenant after half a minute in all, and not before somebody waits', async () => {
  let ahead = 0
  const clock = { now: () => performance.now() + ahead }
  const hasty = notes.isolation({ clock, lanes: { slow: { clients: 2, longestWait: 600_000 } } })
  const [first, second, third] = await Promise.all([notes.tenant(hasty), notes.tenant(hasty), notes.tenant(hasty)])
  const read = (tenant: TenantScope) => tenant.stream(numbers(30), { batchSize: 10 })[Symbol.asyncIterator]()
  const slowest = read(first)
  await slowest.next()
  const pass = async (milliseconds: number) => {
    ahead += milliseconds
    await sleep(300)
  }
  await pass(20_000)
  const slower = read(second)
  await slower.next()
  // In several pages, each of them taken in good time.
  for (let taken = 1; taken < 11; taken++) await slowest.next()
  await pass(20_000)
  expect(hasty.statistics().slow.inFlight).toBe(2)
  expect(await Array.fromAsync(third.stream(numbers(3)))).toHaveLength(3)
  expect(hasty.statistics().slow).toMatchObject({ inFlight: 1, connections: 2 })
  const rest = async (rows: AsyncIterator<object>) => {
    for (let count = 0; ; count++) if ((await rows.next()).done) return count
  }
  expect(await refusalOf(rest(slowest))).toMatchObject({ code: 'timed_out' })
  expect(await rest(slower)).toBe(29)
})

test('a stream only reads', async () => {
  expect(await refusalOf(Array.fromAsync(scope.stream(insertNote('x'))))).toMatchObject({ name: 'StatementRefused' })
  await expect(Array.fromAsync(scope.stream(numbers(1), { batchSize: 0 }))).rejects.toThrow('batchSize')
})

const squares = (count: number) => (reading: SnapshotScope) =>
  (async function* () {
    for (let n = 0; n < count; n++) {
      const rows = await reading.run(numbers(3))
      yield rows.map((row) => n + row.n ** 2)
    }
  })()

test('a walk answers what is made of each page, all pages of one moment', async () => {
  expect(await Array.fromAsync(scope.walk(squares(2)))).toEqual([1, 4, 9, 2, 5, 10])
  const titles: string[] = []
  const pages = (reading: SnapshotScope) =>
    (async function* () {
      for (let n = 0; n < 2; n++) yield await reading.run(allNotes)
    })()
  const tenant = await notes.tenant(isolation, 3)
  for await (const { title } of tenant.walk(pages)) if (titles.push(title) === 1) await tenant.run(insertNote('meanwhile'))
  expect(titles).toEqual(['note 1', 'note 2', 'note 3', 'note 1', 'note 2', 'note 3'])
})

test('a walk that is left, or fails, gives its client back; a signal ends one that nobody takes anything from', async () => {
  for await (const _ of scope.walk(squares(100))) break
  expect(slow()).toMatchObject({ inFlight: 0, connections: 1 })
  const failing = scope.walk((reading) =>
    (async function* () {
      yield [1]
      yield await reading.run(sql`select 1 / 0`)
    })(),
  )
  expect(await refusalOf(Array.fromAsync(failing))).toMatchObject({ code: 'invalid_request' })
  expect(slow().inFlight).toBe(0)
  const stop = new AbortController()
  const stoppable = isolation.scope({ tenantId: scope.context.tenantId, actor, signal: stop.signal })
  const made = stoppable.walk(squares(100))[Symbol.asyncIterator]()
  await made.next()
  stop.abort(new Error('the caller went away'))
  expect(slow().inFlight).toBe(0)
  await expect(made.next()).rejects.toThrow('the caller went away')
})

test('inside a transaction a walk sees what it wrote', async () => {
  const titles = await scope.transaction(async (inner) => {
    await inner.run(insertNote('of the transaction'))
    const pages = (reading: SnapshotScope) =>
      (async function* () {
        yield await reading.run(sql<{ title: string }>`select title from notes.notes where title = 'of the transaction'`)
      })()
    return Array.fromAsync(inner.walk(pages), ({ title }) => title)
  })
  expect(titles).toEqual(['of the transaction'])
})

test('a stream is logged before its first row is shown, and once, even if the reader leaves it then', async () => {
  const tenant = await notes.tenant(isolation)
  const log = () => tenant.run(sql`select action from tenantry.access_log`)
  const logged = isolation.scope({ tenantId: tenant.context.tenantId, actor, logged: { action: 'numbers.exported' } })
  for await (const _ of logged.stream(numbers(100), { batchSize: 10 })) {
    expect(await log()).toEqual([{ action: 'numbers.exported' }])
    break
  }
  expect(await Array.fromAsync(logged.stream(numbers(3)))).toHaveLength(3)
  expect(await log()).toEqual([{ action: 'numbers.exported' }])
})
