import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDirectoryPool } from '../database/connect.ts'
import { createDirectory, type Directory } from '../directory/directory.ts'
import type { Services } from '../http/route.ts'
import { sqlStateOf } from '../isolation/database-problems.ts'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import { sql } from '../isolation/statement.ts'
import { problems } from '../problems/catalogue.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { enqueue } from './enqueue.ts'
import type { JobContext, JobDefinition } from './job.ts'
import { JobWorker } from './job-worker.ts'
import { createJobService, type JobService } from './jobs.ts'
import { openQueue, type Queue } from './queue.ts'

const tenantA = '018f0000-0000-7000-8000-0000000000a1'
const tenantB = '018f0000-0000-7000-8000-0000000000b2'

let database: TestDatabase
let isolation: Isolation
let directory: Directory
let queue: Queue
let service: JobService
let workers: JobWorker[]
let failures: unknown[]
let done: string[]
let handle: (context: JobContext) => Promise<void>

const tidy: JobDefinition = { name: 'test.tidy', retries: 1, timeout: 20, handle: (context) => handle(context) }

beforeEach(async () => {
  failures = []
  database = await testDatabase()
  isolation = createIsolation({ url: database.appUrl, lanes: { write: { clients: 2 } } })
  directory = await createDirectory({ pool: createDirectoryPool(database.directoryUrl), url: database.directoryUrl })
  queue = await openQueue(database.directoryUrl, [tidy], (error) => failures.push(error))
  service = createJobService(queue)
  workers = []
  done = []
  handle = async ({ ref }) => void done.push(ref)
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
  // Before the connections end: what comes after is the database being dropped.
  expect(failures).toEqual([])
  await queue?.close()
  await directory?.close()
  await isolation?.close()
  await database?.drop()
})

const scopeOf = (tenantId: string) => isolation.scope({ tenantId, actor: { kind: 'system', id: tenantId } })

function startWorker(options: { concurrency?: number } = {}): JobWorker {
  const worker = new JobWorker({
    queue,
    jobs: [tidy],
    directory,
    scope: isolation.scope,
    services: {} as Services,
    logger: pino({ level: 'silent' }),
    ...options,
  })
  workers.push(worker)
  return worker
}

async function until(isSo: () => boolean | Promise<boolean>, milliseconds = 50_000): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await isSo()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() > end) throw new Error('it did not come to pass')
  }
}

const rows = async <Row extends object>(text: string): Promise<Row[]> => (await queue.pool.query<Row>(text)).rows

test('a job exists if and only if the transaction that asked for it commits; it is done inside its tenant', async () => {
  const [kept, undone] = [randomUUID(), randomUUID()]
  let seen: unknown
  handle = async ({ ref, scope, attempt }) => {
    seen = { tenant: (await scope.first(sql<{ id: string }>`select id from tenantry.tenants`))?.id, attempt }
    done.push(ref)
  }
  startWorker()
  await scopeOf(tenantA)
    .transaction(async (scope) => {
      await scope.run(enqueue(tidy, { ref: undone }))
      throw new Error('changed my mind')
    })
    .catch(() => undefined)
  await expect(scopeOf(tenantA).batch([enqueue(tidy, { ref: undone }), sql`select 1 / 0 as nothing`])).rejects.toThrow()
  await scopeOf(tenantA).run(enqueue(tidy, { ref: kept }))
  await until(() => done.length > 0)
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(done).toEqual([kept])
  expect(seen).toEqual({ tenant: tenantA, attempt: 1 })
})

test('of several that wait under one key one is kept, for each tenant; a queue holds ids and nothing else', async () => {
  const ref = randomUUID()
  for (const tenantId of [tenantA, tenantA, tenantB]) await scopeOf(tenantId).run(enqueue(tidy, { ref, key: ref }))
  const jobs = await rows<{ data: object; group_id: string }>('select data, group_id from tenantry_jobs.job order by group_id')
  expect(jobs).toEqual([
    { data: { tenantId: tenantA, kind: tidy.name, ref }, group_id: tenantA },
    { data: { tenantId: tenantB, kind: tidy.name, ref }, group_id: tenantB },
  ])
})

test('a server reaches the queue by that one function only', async () => {
  const looking = scopeOf(tenantA).run(sql`select * from tenantry_jobs.job`)
  expect(sqlStateOf(await looking.catch((error: unknown) => error))).toBe('42501')
  await expect(
    isolation
      .scope({ tenantId: tenantA, actor: { kind: 'system', id: tenantA } })
      .run(enqueue({ name: 'test.unknown' }, { ref: tenantA })),
  ).rejects.toThrow()
})

test('[CRM-13] ten thousand jobs of one tenant, already being worked on, delay the single job of another by a few turns', async () => {
  for (let lot = 0; lot < 10; lot += 1) {
    await scopeOf(tenantA).run(
      sql`insert into tenantry.grants (actor_id, object_id) select gen_random_uuid(), gen_random_uuid() from generate_series(1, 1000)
          returning (select tenantry.enqueue('test.tidy', 'test.tidy', object_id))`,
      { lane: 'write' },
    )
  }
  const single = randomUUID()
  handle = async ({ ref }) => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    done.push(ref)
  }
  startWorker()
  await until(() => done.length > 0)
  const before = done.length
  await scopeOf(tenantB).run(enqueue(tidy, { ref: single }))
  await until(() => done.includes(single))
  // Two of the flood at a time, of 20 ms each: a hundred are what it gets done in a second.
  expect(done.indexOf(single) - before).toBeLessThan(100)
})

test('a failed attempt is repeated; after the last it lies among the dead by a code alone, from where it can be revived', async () => {
  const ref = randomUUID()
  handle = async ({ attempt }) => {
    done.push(String(attempt))
    throw attempt === 1 ? new Error('secret of the tenant') : problems.conflict('secret of the tenant')
  }
  const worker = startWorker()
  await scopeOf(tenantA).run(enqueue(tidy, { ref }))
  await until(async () => (await rows(`select from tenantry_jobs.job where state = 'retry'`)).length === 1)
  await queue.pool.query(`update tenantry_jobs.job_common set start_after = now() where state = 'retry'`)
  worker.wake()
  await until(async () => (await service.deadJobs()).length === 1)
  expect(done).toEqual(['1', '2'])
  const [dead] = await service.deadJobs()
  expect(dead).toMatchObject({ tenantId: tenantA, name: tidy.name, ref, code: 'conflict' })
  expect(JSON.stringify(await rows('select * from tenantry_jobs.job'))).not.toContain('secret')
  handle = async (context) => void done.push(context.ref)
  expect(await service.revive([(dead as { id: string }).id])).toBe(1)
  worker.wake()
  await until(() => done.includes(ref))
})

test("a suspended tenant's job stops within a second and waits; an absent tenant's is dropped", async () => {
  const ref = randomUUID()
  let stopped = 0
  handle = async ({ signal }) => {
    done.push('started')
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  startWorker()
  await scopeOf(tenantA).run(enqueue(tidy, { ref }))
  await until(() => done.length === 1)
  const suspended = performance.now()
  await scopeOf(tenantA).run(sql`update tenantry.tenants set status = 'suspended', suspension = 'blocked'`)
  await until(
    async () => (await rows(`select from tenantry_jobs.job where state = 'created' and start_after > now()`)).length === 1,
  )
  stopped = performance.now() - suspended
  expect(stopped).toBeLessThan(5_000)
  expect(await rows('select retry_count from tenantry_jobs.job')).toEqual([{ retry_count: 0 }])

  const nobody = randomUUID()
  await scopeOf(nobody).run(enqueue(tidy, { ref }))
  await until(async () => (await rows(`select from tenantry_jobs.job where state = 'cancelled'`)).length === 1)
})

test('a worker that stops gives its job back at once; the next one does it', async () => {
  const ref = randomUUID()
  handle = async ({ signal }) => {
    done.push('began')
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  const first = startWorker()
  await scopeOf(tenantA).run(enqueue(tidy, { ref }))
  await until(() => done.length === 1)
  await first.close()
  handle = async (context) => void done.push(context.ref)
  startWorker()
  await until(() => done.includes(ref))
})

test('the job of a worker that was killed runs again', async () => {
  const ref = randomUUID()
  await scopeOf(tenantA).run(enqueue(tidy, { ref }))
  const child = fork(new URL('./killed-worker.test-support.ts', import.meta.url), {
    env: { ...process.env, DATABASE_URL: database.appUrl, DIRECTORY_URL: database.directoryUrl },
    execArgv: [],
  })
  try {
    expect((await once(child, 'message'))[0]).toBe(ref)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(await rows('select state from tenantry_jobs.job')).toEqual([{ state: 'active' }])
  startWorker()
  // What half a minute without a heartbeat comes to.
  await queue.pool.query(
    `update tenantry_jobs.job_common set heartbeat_on = now() - interval '31 seconds' where state = 'active'`,
  )
  await queue.boss.supervise(tidy.name)
  await queue.pool.query(`update tenantry_jobs.job_common set start_after = now() where state = 'retry'`)
  await until(() => done.includes(ref))
})
