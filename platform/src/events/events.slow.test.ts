import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDirectoryPool } from '../database/connect.ts'
import type { Services } from '../http/route.ts'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import { sql } from '../isolation/statement.ts'
import { problems } from '../problems/catalogue.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { Dispatcher } from './dispatcher.ts'
import type { OutboxEvent, Subscriber } from './event.ts'

const tenantA = '018f0000-0000-7000-8000-0000000000a1'
const tenantB = '018f0000-0000-7000-8000-0000000000b2'

let database: TestDatabase
let isolation: Isolation
let pool: pg.Pool
let superuser: pg.Client
let dispatchers: Dispatcher[]
let told: OutboxEvent[]

beforeEach(async () => {
  database = await testDatabase()
  isolation = createIsolation({ url: database.appUrl, lanes: { write: { clients: 2 } } })
  pool = createDirectoryPool(database.directoryUrl)
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
  dispatchers = []
  told = []
})
afterEach(async () => {
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()))
  await superuser?.end()
  await pool?.end()
  await isolation?.close()
  await database?.drop()
})

const scopeOf = (tenantId: string) => isolation.scope({ tenantId, actor: { kind: 'system', id: tenantId } })
const emit = (type: string, objectId = randomUUID(), data = {}) =>
  sql`select tenantry.emit(${type}, ${objectId}::uuid, ${JSON.stringify(data)}::jsonb)`
const emitIn = (tenantId: string, ...args: Parameters<typeof emit>) => scopeOf(tenantId).run(emit(...args), { lane: 'write' })

const listener: Subscriber = { name: 'listener', events: ['test.*'], handle: async (event) => void told.push(event) }

function dispatch(...subscribers: Subscriber[]): Dispatcher {
  return dispatchAt(8, ...subscribers)
}

function dispatchAt(concurrency: number, ...subscribers: Subscriber[]): Dispatcher {
  const dispatcher = new Dispatcher({
    concurrency,
    pool,
    scope: isolation.scope,
    subscribers,
    services: {} as Services,
    logger: pino({ level: 'silent' }),
  })
  dispatchers.push(dispatcher)
  return dispatcher
}

async function until(isSo: () => boolean | Promise<boolean>, milliseconds = 50_000): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await isSo()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() > end) throw new Error(`it did not come to pass; told: ${told.map(({ type }) => type)}`)
  }
}

const marks = async () => (await superuser.query(`select tenant_id from tenantry.work where kind = 'outbox'`)).rowCount
const types = () => told.map(({ type }) => type)

test('what happened is told if and only if it was committed, in the order of each object, inside its tenant', async () => {
  const object = randomUUID()
  const seen: string[] = []
  dispatch({
    ...listener,
    handle: async (event, { scope }) => {
      told.push(event)
      seen.push(scope.context.tenantId)
    },
  })
  await scopeOf(tenantA)
    .transaction(async (scope) => {
      await scope.run(emit('test.thing.undone'))
      throw new Error('changed my mind')
    })
    .catch(() => undefined)
  for (const step of ['made', 'moved', 'sold']) await emitIn(tenantA, `test.thing.${step}`, object, { step })
  await emitIn(tenantB, 'other.thing.made')
  await until(() => told.length === 3)
  expect(types()).toEqual(['test.thing.made', 'test.thing.moved', 'test.thing.sold'])
  expect(told[0]).toMatchObject({ tenantId: tenantA, objectId: object, data: { step: 'made' } })
  const versions = told.map(({ version }) => version)
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
  expect(new Set(seen)).toEqual(new Set([tenantA]))
  // Told to its end, a tenant costs nothing any more.
  await until(async () => (await marks()) === 0)
})

test('an event whose transaction began first and commits last is not passed over', async () => {
  dispatch(listener)
  const early = new pg.Client({ connectionString: database.appUrl })
  await early.connect()
  try {
    await early.query('begin')
    await early.query(`select set_config('tenantry.tenant', $1, true)`, [tenantA])
    // It has its transaction id now, lower than that of the one that overtakes it.
    await early.query('select pg_current_xact_id()')
    await emitIn(tenantA, 'test.thing.overtook')
    await new Promise((resolve) => setTimeout(resolve, 600))
    // Told now, the position would stand behind the one that is still to come.
    expect(types()).toEqual([])
    await early.query(`select tenantry.emit('test.thing.late', gen_random_uuid())`)
    await early.query('commit')
  } finally {
    await early.end()
  }
  await until(() => told.length === 2)
  expect(types()).toEqual(['test.thing.late', 'test.thing.overtook'])
})

test('a subscriber that fails is told again, later and later; it delays neither another subscriber nor another tenant', async () => {
  const attempts: number[] = []
  dispatch(
    {
      name: 'broken',
      events: ['test.thing.made'],
      handle: async (event) => {
        if (event.tenantId === tenantB) return
        attempts.push(Date.now())
        if (attempts.length < 3)
          throw attempts.length === 1 ? new Error('secret of the tenant') : problems.conflict('also secret')
      },
    },
    listener,
  )
  await emitIn(tenantA, 'test.thing.made')
  await emitIn(tenantA, 'test.thing.moved')
  await until(() => told.length === 2)
  await emitIn(tenantB, 'test.thing.made')
  await until(() => told.some(({ tenantId }) => tenantId === tenantB))
  const kept = await scopeOf(tenantA).first(sql<{ error: string; failures: number }>`
    select error, failures from tenantry.event_positions where subscriber = 'broken'`)
  expect(kept).toMatchObject({ failures: attempts.length })
  expect(['internal', 'conflict']).toContain(kept?.error)
  await until(() => attempts.length === 3)
  const [first, second, third] = attempts as [number, number, number]
  expect(third - second).toBeGreaterThan(second - first)
  await until(async () => (await marks()) === 0)
  // The others were not told anything twice.
  expect(told).toHaveLength(3)
})

test('a subscriber that never returns is over in its time, told again later, and holds up nobody else', async () => {
  const calls: AbortSignal[] = []
  let cut: unknown
  const deaf: Subscriber = {
    name: 'deaf',
    events: ['test.thing.made'],
    timeout: 0.2,
    handle: async ({ tenantId }, { scope, signal }) => {
      if (tenantId !== tenantA) return
      calls.push(signal)
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      cut = await scope.run(sql`select 1 as more`).catch((error: unknown) => error)
      await new Promise(() => {})
    },
  }
  dispatchAt(1, deaf, listener)
  await emitIn(tenantA, 'test.thing.made')
  await until(() => calls[0]?.aborted === true)
  await emitIn(tenantB, 'test.thing.made')
  await until(() => told.length === 2)
  expect(cut).toMatchObject({ code: 'timed_out' })
  const kept = await scopeOf(tenantA).first(sql`select error, failures from tenantry.event_positions where subscriber = 'deaf'`)
  expect(kept).toEqual({ error: 'timed_out', failures: 1 })
  await until(() => calls.length === 2)
})

test('a node that stops waits a while for a subscriber, then tells it to end, and counts that as no failure', async () => {
  let signal: AbortSignal | undefined
  const slow: Subscriber = {
    name: 'slow',
    events: ['test.*'],
    handle: (_event, context) => {
      signal = context.signal
      return new Promise(() => {})
    },
  }
  const dispatcher = dispatch(slow)
  await emitIn(tenantA, 'test.thing.made')
  await until(() => signal !== undefined)
  await dispatcher.close()
  expect(signal?.aborted).toBe(true)
  expect(await scopeOf(tenantA).run(sql`select subscriber from tenantry.event_positions`)).toEqual([])
  dispatch(listener)
  await until(() => told.length === 1)
}, 60_000)

test('the claim of a node that died comes back, and what it had not been told is told', async () => {
  await emitIn(tenantA, 'test.thing.made')
  await superuser.query(`update tenantry.work set due_at = 'infinity', claimed_until = now() + interval '1 hour'`)
  dispatch(listener)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(told).toEqual([])
  await superuser.query(`update tenantry.work set claimed_until = now()`)
  await until(() => told.length === 1)
})

test('what happens while a subscriber is at work is told as well, by whichever of two nodes', async () => {
  let more = 5
  const busy: Subscriber = {
    ...listener,
    handle: async (event) => {
      told.push(event)
      if (more-- > 0) await emitIn(tenantA, 'test.thing.again')
    },
  }
  dispatch(busy)
  dispatch(busy)
  await emitIn(tenantA, 'test.thing.made')
  await until(() => told.length === 6)
  await until(async () => (await marks()) === 0)
  expect(told).toHaveLength(6)
})

test('three hundred events of many tenants are all told, those of each tenant once', async () => {
  const tenants = Array.from({ length: 20 }, () => randomUUID())
  await Promise.all(
    tenants.map((tenantId) =>
      scopeOf(tenantId).batch(
        Array.from({ length: 15 }, (_, index) => emit(`test.thing.made${index}`)),
        { lane: 'write' },
      ),
    ),
  )
  dispatch(listener)
  dispatch(listener)
  await until(() => told.length >= 300)
  await until(async () => (await marks()) === 0)
  expect(new Set(told.map(({ id }) => id)).size).toBe(300)
  expect(told).toHaveLength(300)
})

test('a tenant in which much happens goes behind the others that wait', async () => {
  const many = sql`select tenantry.emit('test.thing.made', gen_random_uuid()) from generate_series(1, 1500)`
  await scopeOf(tenantA).run(many, { lane: 'write' })
  const other = Promise.withResolvers<void>()
  dispatchAt(1, {
    ...listener,
    handle: async (event) => {
      told.push(event)
      await other.promise
    },
  })
  await until(() => told.length > 0)
  await emitIn(tenantB, 'test.thing.made')
  other.resolve()
  await until(() => told.length === 1501)
  expect(told.findIndex(({ tenantId }) => tenantId === tenantB)).toBeLessThan(1500)
})

test('the order may be found by an index also under row-level security: its operators are leakproof', async () => {
  const { rows } =
    await superuser.query(`select bool_and(p.proleakproof) as leakproof from pg_operator o join pg_proc p on p.oid = o.oprcode
    where o.oprleft in ('xid8'::regtype, 'uuid'::regtype) and o.oprright = o.oprleft and o.oprname in ('<', '>')`)
  expect(rows).toEqual([{ leakproof: true }])
})
