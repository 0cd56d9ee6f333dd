import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { openQuotaBench, type QuotaBench } from './quotas.test-support.ts'

let bench: QuotaBench
const children: ChildProcess[] = []
beforeAll(async () => {
  bench = await openQuotaBench()
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => bench?.close())

const worker = fileURLToPath(new URL('./quota-worker.test-support.ts', import.meta.url))

function start(scope: TenantScope, settings: Readonly<Record<string, string>>): ChildProcess {
  const env = { ...process.env, DATABASE_URL: bench.workbench.database.appUrl, TENANT: scope.context.tenantId, ...settings }
  const child = fork(worker, { env, execArgv: [] })
  children.push(child)
  return child
}

const said = async <T>(child: ChildProcess): Promise<T> => (await once(child, 'message'))[0] as T
const counters = async (scope: TenantScope) =>
  (await scope.first(sql<{ used: number; reserved: number }>`select used, reserved from tenantry.quota_counters`)) ?? {
    used: 0,
    reserved: 0,
  }

test('[IIOT-5] of a limit of 5,000, two processes with 64 requests in flight each get exactly 5,000', async () => {
  const scope = await bench.tenant({ scans: { max: 5_000 } })
  const processes = [start(scope, { IN_FLIGHT: '64' }), start(scope, { IN_FLIGHT: '64' })]
  const shares = await Promise.all(processes.map((child) => said<{ admitted: number }>(child)))
  expect(shares.reduce((sum, { admitted }) => sum + admitted, 0)).toBe(5_000)
  expect(await counters(scope)).toEqual({ used: 5_000, reserved: 0 })
  const kept = await scope.first(sql<{ rows: number }>`select count(*)::int as rows from tenantry.quota_reservations`, {
    lane: 'slow',
  })
  expect(kept).toEqual({ rows: 5_000 })
})

test('killed between admission and its work, and asked three times more with the same key: one charge', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  for (const repeated of [false, true, true, true]) {
    const child = start(scope, { KEY: 'invoice 1' })
    expect(await said(child)).toEqual({ repeated })
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(await counters(scope)).toMatchObject({ used: 1 })
})

test('expired, committed and released at the same instant, a thousand times: one end each, and nothing lost or counted twice', async () => {
  const scope = await bench.tenant({ scans: { max: null } })
  const other = bench.another()
  const meter = 'scans'
  let charged = 0
  for (let round = 0; round < 1_000; round += 50) {
    const keys = Array.from({ length: 50 }, (_, place) => `hold ${round + place}`)
    await Promise.all(keys.map((key) => bench.quotas.reserve(scope, { meter, quantity: 3, key, seconds: 60 })))
    // Some expire in the middle of it; that they are taken off is part of the next admission.
    const expire = bench.workbench.everything(
      `update tenantry.quota_reservations set expires_at = tenantry.clock() where state = 'held'; select 1`,
    )
    const ends = await Promise.all(
      keys.map((key) =>
        Promise.allSettled([
          bench.quotas.commit(scope, { meter, key, quantity: 2 }),
          other.release(scope, { meter, key }),
          other.consume(scope, { meter, quantity: 1 }),
        ]),
      ),
    )
    await expire
    for (const [committed, released] of ends) {
      expect([committed.status, released.status].sort()).toEqual(['fulfilled', 'rejected'])
      if (committed.status === 'fulfilled') charged += 2
    }
    charged += keys.length
  }
  await bench.quotas.consume(scope, { meter, quantity: 1 })
  expect(await counters(scope)).toEqual({ used: charged + 1, reserved: 0 })
  const states = await scope.run(
    sql<{
      state: string
      rows: number
    }>`select state, count(*)::int as rows from tenantry.quota_reservations group by 1 order by 1`,
    { lane: 'slow' },
  )
  expect(states.map(({ state }) => state)).toEqual(expect.arrayContaining(['committed']))
  expect(states.filter(({ state }) => state === 'held' || state === 'lapsed')).toEqual([])
  expect(states.reduce((sum, { rows }) => sum + rows, 0)).toBe(1_000)
})

test('[FIN-12] five hundred consumers at once reach 80, 95 and 100 percent once each', async () => {
  const scope = await bench.tenant({ scans: { max: 500 } })
  const nodes = [bench.quotas, bench.another(), bench.another(), bench.another()]
  await Promise.all(
    Array.from({ length: 500 }, (_, place) =>
      nodes[place % nodes.length]?.consume(scope, { meter: 'scans', quantity: 1, key: `consumer ${place}` }),
    ),
  )
  const reached = await scope.run(sql<{ threshold: number }>`select threshold from tenantry.quota_thresholds order by threshold`)
  expect(reached.map(({ threshold }) => threshold)).toEqual([80, 95, 100])
  await Promise.all([1, 2, 3].map(() => scope.run(sql`select tenantry.tell_quota_thresholds()`, { lane: 'write' })))
  const told = await scope.run(sql<{ threshold: number }>`select (data ->> 'threshold')::int as threshold from tenantry.events`)
  expect(told).toEqual([{ threshold: 100 }])
})

test('a denied request leaves the other budgets untouched, whatever comes at once', async () => {
  const scope = await bench.tenant({ scans: { max: 50 }, calls: { max: 1_000 } })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 300 }, (_, place) => bench.quotas.consume(scope, { meter: place % 3 ? 'scans' : 'calls', quantity: 1 })),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(50 + 100)
  expect((await bench.quotas.check(scope, 'calls')).used).toBe(100)
  expect((await bench.quotas.check(scope, 'scans')).used).toBe(50)
})
