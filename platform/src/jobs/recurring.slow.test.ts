import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDirectoryPool } from '../database/connect.ts'
import { createDirectory, type Directory } from '../directory/directory.ts'
import type { Services } from '../http/route.ts'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import { sql } from '../isolation/statement.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import type { RecurringContext, RecurringDefinition } from './recurring.ts'
import { RecurringWorker } from './recurring-worker.ts'

const tenantA = '018f0000-0000-7000-8000-0000000000a1'
const tenantB = '018f0000-0000-7000-8000-0000000000b2'

let database: TestDatabase
let isolation: Isolation
let directory: Directory
let workers: RecurringWorker[]
let handle: (context: RecurringContext) => Promise<number | null>
let turns: { tenantId: string; ref: string }[]

const definition: RecurringDefinition = {
  name: 'test.poll',
  concurrency: 6,
  tenantConcurrency: 2,
  timeout: 20,
  handle: (context) => {
    turns.push({ tenantId: context.scope.context.tenantId, ref: context.ref })
    return handle(context)
  },
}

beforeEach(async () => {
  database = await testDatabase()
  isolation = createIsolation({ url: database.appUrl, lanes: { write: { clients: 2 } } })
  const pool = createDirectoryPool(database.directoryUrl)
  directory = await createDirectory({ pool, url: database.directoryUrl })
  workers = []
  turns = []
  handle = async () => 3_600
  for (const [tenantId, slug] of [
    [tenantA, 'acme'],
    [tenantB, 'bravo'],
  ] as const) {
    await scopeOf(tenantId).run(
      sql`insert into tenantry.tenants (id, slug, name, system, tier, status) values (${tenantId}, ${slug}, ${slug}, 'test', 'base', 'active')`,
    )
  }
})
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.close()))
  await directory?.close()
  await isolation?.close()
  await database?.drop()
})

const scopeOf = (tenantId: string) => isolation.scope({ tenantId, actor: { kind: 'system', id: tenantId } })

function start(changes: Partial<RecurringDefinition> = {}): RecurringWorker {
  const worker = new RecurringWorker({
    pool: directory.pool,
    definitions: [{ ...definition, ...changes }],
    directory,
    scope: isolation.scope,
    services: {} as Services,
    logger: pino({ level: 'silent' }),
  })
  workers.push(worker)
  return worker
}

async function schedule(tenantId: string, ref: string = randomUUID(), seconds = 0): Promise<string> {
  const at = sql`tenantry.clock() + make_interval(secs => ${seconds})`
  await scopeOf(tenantId).run(sql`select tenantry.schedule('test.poll', ${ref}::uuid, ${at})`, { lane: 'write' })
  return ref
}

async function marks() {
  const { rows } = await directory.pool.query(
    `select object_id as ref, claimed_until is not null as claimed, extract(epoch from due_at - tenantry.clock())::int8 as seconds
       from tenantry.work where kind = 'test.poll' order by due_at`,
  )
  return rows as { ref: string; claimed: boolean; seconds: string }[]
}

const until = (isSo: () => boolean) => expect.poll(isSo, { timeout: 30_000, interval: 20 }).toBe(true)
const refs = () => turns.map(({ ref }) => ref)

test('an object comes again as soon as its turn said, in its own tenant, and not any more after null', async () => {
  const often = await schedule(tenantA)
  const once = await schedule(tenantB)
  handle = async ({ ref }) => (ref === once ? null : 0)
  start()
  await until(() => refs().filter((ref) => ref === often).length >= 3)
  expect(turns.filter(({ ref }) => ref === once)).toEqual([{ tenantId: tenantB, ref: once }])
  expect(turns.every(({ tenantId, ref }) => tenantId === (ref === once ? tenantB : tenantA))).toBe(true)
  expect((await marks()).map(({ ref }) => ref)).toEqual([often])
})

test('what is due later waits, and who schedules it earlier is heard', async () => {
  const ref = await schedule(tenantA, randomUUID(), 3_600)
  start()
  await sleep(300)
  expect(turns).toEqual([])
  await schedule(tenantA, ref)
  await until(() => turns.length === 1)
})

test('who schedules during a turn is not forgotten when it ends, even where it ends for good', async () => {
  const ref = await schedule(tenantA)
  handle = async () => {
    if (turns.length === 1) await schedule(tenantA, ref)
    return null
  }
  start()
  await until(() => turns.length === 2)
  await expect.poll(marks).toEqual([])
})

test("a tenant's turns never fill more than its places, and the others' come meanwhile", async () => {
  let most = 0
  let now = 0
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  handle = async ({ scope }) => {
    if (scope.context.tenantId === tenantB) return null
    most = Math.max(most, ++now)
    await held
    now -= 1
    return null
  }
  for (let n = 0; n < 12; n += 1) await schedule(tenantA)
  const other = await schedule(tenantB)
  // Two nodes: the places of a tenant are counted over both.
  start()
  start()
  await until(() => refs().includes(other))
  await sleep(1_500)
  expect([most, refs().length]).toEqual([2, 3])
  release()
  await until(() => turns.length === 13)
  expect(most).toBe(2)
})

test('two nodes never do the same turn', async () => {
  handle = async () => {
    await sleep(20)
    return null
  }
  for (let n = 0; n < 20; n += 1) await schedule(n % 2 === 0 ? tenantA : tenantB)
  start({ tenantConcurrency: 6 })
  start({ tenantConcurrency: 6 })
  await until(() => turns.length >= 20)
  await sleep(200)
  expect(new Set(refs()).size).toBe(turns.length)
})

test('a turn that fails is tried again later, and keeps nobody from theirs', async () => {
  const bad = await schedule(tenantA)
  const good = await schedule(tenantA)
  handle = async ({ ref }) => {
    if (ref === bad) throw new Error('no')
    return 3_600
  }
  start()
  await until(() => refs().includes(good) && refs().includes(bad))
  await expect.poll(async () => (await marks()).map(({ claimed }) => claimed)).toEqual([false, false])
  const [first, second] = await marks()
  expect([first?.ref, second?.ref]).toEqual([bad, good])
  expect(Number(first?.seconds)).toBeGreaterThan(30)
})

test('a turn that does not end is left when its time is over', async () => {
  const signals: AbortSignal[] = []
  await schedule(tenantA)
  handle = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signals.push(signal))))
  start({ timeout: 0.2 })
  await until(() => signals.length === 1)
  await expect.poll(async () => (await marks())[0]?.claimed).toBe(false)
})

test('a node that stops gives back what it has at work; one that was killed loses nothing', async () => {
  const ref = await schedule(tenantA)
  handle = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  await Promise.all([until(() => turns.length === 1), start()]).then(([, worker]) => worker.close())
  expect(await marks()).toMatchObject([{ ref, claimed: false, seconds: '0' }])
  // As a killed process leaves it: claimed, due never.
  const claim = `update tenantry.work set due_at = 'infinity', claimed_until = tenantry.clock() + interval '1 second'`
  await directory.pool.query(`${claim} where kind = 'test.poll'`)
  handle = async () => null
  start()
  await until(() => turns.length === 2)
})

test("a suspended tenant's turns wait, and an erased one's are forgotten", async () => {
  const suspended = await schedule(tenantA)
  await scopeOf(tenantA).run(sql`update tenantry.tenants set status = 'suspended', suspension = 'blocked'`)
  const nobody = '018f0000-0000-7000-8000-0000000000c3'
  await schedule(nobody)
  await expect.poll(async () => (await directory.tenantById(tenantA))?.status).toBe('suspended')
  start()
  await expect.poll(async () => (await marks()).map(({ ref, claimed }) => [ref, claimed])).toEqual([[suspended, false]])
  expect(turns).toEqual([])
})
