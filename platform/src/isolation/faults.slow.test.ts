import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { LostConnection } from './lost-connection.ts'
import {
  actor,
  allNotes,
  backendPid,
  countNotes,
  insertNote,
  type Notes,
  notesDatabase,
  pause,
  refusalOf,
} from './notes.test-support.ts'
import { type FaultyProxy, proxyTo } from './proxy.test-support.ts'
import { sql } from './statement.ts'

let notes: Notes
let proxy: FaultyProxy

beforeAll(async () => {
  notes = await notesDatabase()
})
beforeEach(async () => {
  proxy = await proxyTo(notes.url)
})
afterEach(() => proxy.close())
afterAll(() => notes.close())

const terminateAll = () =>
  notes.superuser.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'tenantry %'",
  )

/** Of a machine that has time for us. Where it is shared with a whole test run they take longer. */
const fiveSeconds = process.env.CI === undefined ? 5_000 : 20_000

/** Keeps asking until it is answered; milliseconds it took. */
async function firstSuccess(ask: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  while (true) {
    try {
      await ask()
      return performance.now() - start
    } catch {
      await sleep(20)
    }
  }
}

test('reads survive terminated backends unnoticed', async () => {
  const scope = await notes.tenant(notes.isolation(), 3)
  for (let round = 0; round < 5; round++) {
    const reading = Promise.all(
      Array.from({ length: 30 }, () => scope.run(sql`select count(*), pg_sleep(0.005)::text from notes.notes`)),
    )
    await terminateAll()
    expect(await reading).toHaveLength(30)
  }
})

test('a write that was sent and never answered has an unknown outcome', async () => {
  const isolation = notes.isolation({ url: proxy.url, lanes: { write: { clients: 1 } } })
  const scope = await notes.tenant(isolation, 1)
  proxy.swallowAnswers()
  const writing = refusalOf(scope.run(insertNote('stored?')))
  await sleep(100)
  proxy.cut()
  const refusal = await writing
  expect(refusal).toMatchObject({ code: 'outcome_unknown' })
  expect(refusal.cause).toBeInstanceOf(LostConnection)
  expect(refusal.cause).toMatchObject({ sent: true })
  expect(await scope.run(countNotes)).toEqual([{ count: 2 }])
})

test('a COMMIT that was never answered has an unknown outcome', async () => {
  const isolation = notes.isolation({ url: proxy.url })
  const scope = await notes.tenant(isolation)
  const outcome = scope.transaction(async (inner) => {
    await inner.run(insertNote('stored?'))
    proxy.swallowAnswers()
    setTimeout(proxy.cut, 100)
  })
  expect(await refusalOf(outcome)).toMatchObject({ code: 'outcome_unknown' })
})

test('a write that could not be sent is unavailable, or succeeds when the database is back in time', async () => {
  const isolation = notes.isolation({ url: proxy.url })
  const scope = await notes.tenant(isolation)
  await proxy.close()
  const start = performance.now()
  const refusal = await refusalOf(scope.run(insertNote('not stored')))
  expect(refusal).toMatchObject({ code: 'unavailable' })
  expect(performance.now() - start).toBeLessThan(3_000)
  const direct = notes.isolation().scope({ tenantId: scope.context.tenantId, actor })
  expect(await direct.run(countNotes)).toEqual([{ count: 0 }])
})

test('a half-open connection is noticed, and the first read and write succeed within five seconds', async () => {
  const isolation = notes.isolation({ url: proxy.url })
  const scope = await notes.tenant(isolation, 2)
  await Promise.all(Array.from({ length: 8 }, () => scope.run(allNotes)))
  proxy.goSilent()
  const recovered = await Promise.all([
    // The very read that met the silence is answered, unless the database takes longer to come back than a request waits.
    firstSuccess(() => scope.run(countNotes)),
    firstSuccess(() => scope.run(sql`update notes.notes set amount = amount + 1`)),
    firstSuccess(() => scope.transaction((inner) => inner.run(countNotes))),
  ])
  for (const milliseconds of recovered) expect(milliseconds).toBeLessThan(fiveSeconds)
})

test.each(['goes silent', 'is terminated'] as const)(
  'a connection that %s as PostgreSQL lets it in holds up nobody',
  async (fate) => {
    const scope = await notes.tenant(notes.isolation({ url: proxy.url }))
    let letIn = 0
    proxy.onceLetIn(() => (letIn++ === 0 ? fate : 'lives'))
    expect(await firstSuccess(() => scope.run(countNotes))).toBeLessThan(fiveSeconds)
    expect(letIn).toBeGreaterThan(1)
  },
)

test('requests succeed within five seconds of the database being back', async () => {
  const isolation = notes.isolation({ url: proxy.url })
  const scope = await notes.tenant(isolation, 1)
  const name = (await notes.superuser.query('select current_database() as name')).rows[0].name
  await notes.superuser.query(`alter database ${name} connection limit 0`)
  try {
    await terminateAll()
    const refusals = await Promise.all(Array.from({ length: 20 }, () => refusalOf(scope.run(allNotes))))
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'unavailable' })
  } finally {
    await notes.superuser.query(`alter database ${name} connection limit -1`)
  }
  expect(await firstSuccess(() => scope.run(allNotes))).toBeLessThan(fiveSeconds)
  expect(await firstSuccess(() => scope.run(insertNote('back')))).toBeLessThan(fiveSeconds)
})

test('a statement that takes too long is ended, and the connection stays', async () => {
  const isolation = notes.isolation({ lanes: { read: { clients: 1, statementTimeout: 200 } } })
  const scope = await notes.tenant(isolation)
  const [before] = await scope.run(backendPid)
  expect(await refusalOf(scope.run(pause(2)))).toMatchObject({ code: 'timed_out' })
  expect(await scope.run(backendPid)).toEqual([before])
})

test('a statement whose tenant waits behind its own others is let go when its signal fires', async () => {
  const isolation = notes.isolation({ lanes: { read: { perTenant: 1 } } })
  const busy = await notes.tenant(isolation)
  await busy.run(countNotes)
  const stop = new AbortController()
  const waiting = isolation.scope({ tenantId: busy.context.tenantId, actor, signal: stop.signal })
  const slow = busy.run(pause(0.3))
  const outcome = refusalOf(waiting.run(countNotes))
  expect(isolation.statistics().read.waiting).toBe(1)
  stop.abort(new Error('gone'))
  expect((await outcome).message).toBe('gone')
  expect(isolation.statistics().read.waiting).toBe(0)
  await slow
  expect((await refusalOf(waiting.run(countNotes))).message).toBe('gone')
})

test('a tenant whose queue is full is told to come back, and another is not', async () => {
  const isolation = notes.isolation({ lanes: { read: { perTenant: 1, waitingPerTenant: 2 } } })
  const [greedy, modest] = [await notes.tenant(isolation), await notes.tenant(isolation)]
  await greedy.run(countNotes)
  const asked = Array.from({ length: 5 }, () =>
    greedy.run(pause(0.05)).then(
      () => 'answered',
      (error) => error.code,
    ),
  )
  expect(await modest.run(countNotes)).toEqual([{ count: 0 }])
  expect(await Promise.all(asked)).toEqual(['answered', 'answered', 'answered', 'overloaded', 'overloaded'])
})

test('one that waits too long for its turn is told so', async () => {
  const isolation = notes.isolation({ lanes: { read: { perTenant: 1, longestWait: 300 } } })
  const scope = await notes.tenant(isolation)
  await scope.run(countNotes)
  const slow = scope.run(pause(1.5))
  expect(await refusalOf(scope.run(countNotes))).toMatchObject({ code: 'overloaded' })
  await slow
})

test('two batches that deadlock are both done, for the one that PostgreSQL ends is run again', async () => {
  const scope = await notes.tenant(notes.isolation(), 2)
  const lock = (title: string) => sql`update notes.notes set amount = amount + 1 where title = ${title}`
  const wait = sql`select pg_sleep(0.2)::text`
  await Promise.all([scope.batch([lock('note 1'), wait, lock('note 2')]), scope.batch([lock('note 2'), wait, lock('note 1')])])
  expect(await scope.run(sql`select amount from notes.notes`)).toEqual([{ amount: 2 }, { amount: 2 }])
})

test('a transaction that dawdles is ended by PostgreSQL and told so', { timeout: 15_000 }, async () => {
  const scope = await notes.tenant(notes.isolation())
  const outcome = scope.transaction(async (inner) => {
    await inner.run(insertNote('x'))
    await sleep(6_000)
    await inner.run(insertNote('y'))
  })
  expect(await refusalOf(outcome)).toMatchObject({ code: 'timed_out' })
  expect(await scope.run(countNotes)).toEqual([{ count: 0 }])
})
