import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { openQuotaBench, type QuotaBench } from './quotas.test-support.ts'

let bench: QuotaBench
beforeAll(async () => {
  bench = await openQuotaBench()
})
afterEach(() => bench.moveClock('0'))
afterAll(() => bench?.close())

const scans = 'scans'
const consume = (scope: TenantScope, quantity: number, more: { key?: string; mode?: 'all' | 'clamp' } = {}) =>
  bench.quotas.consume(scope, { meter: scans, quantity, ...more })
const check = (scope: TenantScope) => bench.quotas.check(scope, scans)
const events = (scope: TenantScope) =>
  scope.run(sql<{ type: string; data: Record<string, unknown> }>`
    with told as materialized (select type, data from tenantry.events order by at, id) select * from told`)
const tell = (scope: TenantScope) => scope.run(sql`select tenantry.tell_quota_thresholds()`, { lane: 'write' })

test('[IIOT-5] a quota says what is used and left of it, in percent, and when it begins anew', async () => {
  const scope = await bench.tenant({ scans: { max: 10 }, calls: { max: null } })
  await consume(scope, 4)
  expect(await check(scope)).toMatchObject({ max: 10, unlimited: false, used: 4, available: 6, percentage: 40 })
  const { resetsAt, periodStart } = await check(scope)
  expect(Date.parse(periodStart ?? '')).toBeLessThanOrEqual(Date.now())
  expect(Date.parse(resetsAt ?? '')).toBeGreaterThan(Date.now())
  await bench.quotas.consume(scope, { meter: 'calls', quantity: 7 })
  expect(await bench.quotas.list(scope)).toMatchObject([
    { meter: 'calls', max: null, unlimited: true, used: 7, available: null, percentage: null },
    { meter: 'scans', used: 4 },
  ])
})

test('[SEC-2] more than is left is refused, with the limit, how far it is used and when it begins anew, and leaves no trace', async () => {
  const scope = await bench.tenant({ scans: { max: 10 }, calls: { max: 5 } })
  await consume(scope, 8)
  const { resetsAt } = await check(scope)
  await expect(consume(scope, 3, { key: 'k' })).rejects.toMatchObject({
    code: 'quota_exceeded',
    members: { limit: 'scans', max: 10, used: 8, remaining: 2, resetsAt },
  })
  expect(await check(scope)).toMatchObject({ used: 8, reserved: 0 })
  expect(await bench.quotas.check(scope, 'calls')).toMatchObject({ used: 0 })
  // A refusal is no verdict that is kept: what was released or raised meanwhile counts.
  expect(await consume(scope, 2, { key: 'k' })).toMatchObject({ quantity: 2, repeated: false })
})

test('`clamp` takes what is left, and is refused only where nothing is', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  await consume(scope, 7)
  expect(await consume(scope, 5, { mode: 'clamp', key: 'rest' })).toMatchObject({ quantity: 3 })
  expect(await consume(scope, 5, { mode: 'clamp', key: 'rest' })).toMatchObject({ quantity: 3, repeated: true })
  await expect(consume(scope, 1, { mode: 'clamp' })).rejects.toMatchObject({ code: 'quota_exceeded' })
})

test('the same key is the same verdict and charged once, at once, later, and after the limit is used up', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  const together = await Promise.all([1, 2, 3].map(() => consume(scope, 6, { key: 'one' })))
  expect(together.map(({ repeated }) => repeated).sort()).toEqual([false, true, true])
  await consume(scope, 4)
  expect(await consume(scope, 6, { key: 'one' })).toMatchObject({ quantity: 6, repeated: true, quota: { used: 10 } })
  for (const wrong of [consume(scope, 5, { key: 'one' }), bench.quotas.reserve(scope, { meter: scans, quantity: 6, key: 'one' })])
    await expect(wrong).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  expect(await check(scope)).toMatchObject({ used: 10 })
})

test("one tenant's keys and quotas are nothing to another", async () => {
  const north = await bench.tenant({ scans: { max: 5 } })
  const south = await bench.tenant({ scans: { max: 5 } })
  await consume(north, 5, { key: 'same' })
  expect(await consume(south, 2, { key: 'same' })).toMatchObject({ repeated: false, quota: { used: 2 } })
  const hold = await bench.quotas.reserve(north, { meter: scans, quantity: 1, key: 'held' }).catch((error: unknown) => error)
  expect(hold).toMatchObject({ code: 'quota_exceeded' })
  await bench.quotas.reserve(south, { meter: scans, quantity: 1, key: 'held' })
  await expect(bench.quotas.commit(north, { meter: scans, key: 'held', quantity: 1 })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('what is held counts until it is committed with what was used, or released; each may be said twice', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  const { key } = await bench.quotas.reserve(scope, { meter: scans, quantity: 8 })
  await expect(consume(scope, 3)).rejects.toMatchObject({ code: 'quota_exceeded', members: { remaining: 2 } })
  const commit = () => bench.quotas.commit(scope, { meter: scans, key, quantity: 5 })
  expect(await commit()).toEqual({ key, state: 'committed', quantity: 5, late: false, repeated: false })
  expect(await commit()).toMatchObject({ repeated: true })
  expect(await check(scope)).toMatchObject({ used: 5, reserved: 0, available: 5 })
  await expect(bench.quotas.release(scope, { meter: scans, key })).rejects.toMatchObject({ code: 'conflict' })
  await expect(bench.quotas.commit(scope, { meter: scans, key, quantity: 4 })).rejects.toMatchObject({ code: 'conflict' })

  const second = await bench.quotas.reserve(scope, { meter: scans, quantity: 5 })
  const release = () => bench.quotas.release(scope, { meter: scans, key: second.key })
  expect([await release(), await release()]).toMatchObject([{ repeated: false }, { repeated: true }])
  await expect(bench.quotas.commit(scope, { meter: scans, key: second.key, quantity: 1 })).rejects.toMatchObject({
    code: 'conflict',
  })
  expect(await check(scope)).toMatchObject({ used: 5, reserved: 0 })
})

test('more than is held cannot be committed', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  const { key } = await bench.quotas.reserve(scope, { meter: scans, quantity: 2 })
  await expect(bench.quotas.commit(scope, { meter: scans, key, quantity: 3 })).rejects.toMatchObject({ code: 'invalid_request' })
  expect(await check(scope)).toMatchObject({ used: 0, reserved: 2 })
})

test('an expired hold stops counting by itself, and a late commit is charged and says so', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  const { key } = await bench.quotas.reserve(scope, { meter: scans, quantity: 9, seconds: 60 })
  await bench.moveClock('61 seconds')
  expect(await check(scope)).toMatchObject({ used: 0, reserved: 0, available: 10 })
  expect(await consume(scope, 10)).toMatchObject({ quota: { used: 10 } })
  const commit = () => bench.quotas.commit(scope, { meter: scans, key, quantity: 9 })
  expect(await commit()).toMatchObject({ state: 'committed', late: true, repeated: false })
  expect(await commit()).toMatchObject({ late: true, repeated: true })
  expect(await check(scope)).toMatchObject({ used: 19, reserved: 0, available: 0, percentage: 190 })
})

test('[FIN-5] a new period begins with nothing used, and what was held in the old one is charged to that', async () => {
  const scope = await bench.tenant({ scans: { max: 5, period: 'hour' } })
  await consume(scope, 3)
  const before = await check(scope)
  const { key } = await bench.quotas.reserve(scope, { meter: scans, quantity: 2, seconds: 7_200 })
  await bench.moveClock('1 hour')
  expect(await check(scope)).toMatchObject({ used: 0, reserved: 0, periodStart: before.resetsAt })
  expect(await consume(scope, 5)).toMatchObject({ quota: { used: 5, periodStart: before.resetsAt } })
  await bench.quotas.commit(scope, { meter: scans, key, quantity: 2 })
  expect(await check(scope)).toMatchObject({ used: 5 })
  const rows = await scope.run(sql<{ used: number }>`select used from tenantry.quota_counters order by period_start`)
  expect(rows.map(({ used }) => used)).toEqual([5, 5])
})

test('[FIN-5] a zone or an anchor that is changed acts when the period ends in which it was changed', async () => {
  const scope = await bench.tenant({ scans: { max: 5 } })
  const before = await check(scope)
  await scope.run(sql`update tenantry.tenants set time_zone = 'Asia/Kolkata'`)
  expect(await check(scope)).toMatchObject({ periodStart: before.periodStart, resetsAt: before.resetsAt })
  await consume(scope, 2)
  await bench.moveClock('32 days')
  const next = await check(scope)
  expect(next).toMatchObject({ used: 0, periodStart: before.resetsAt })
  expect(next.resetsAt).toMatch(/T18:30:00Z$/)
  await bench.quotas.anchorPeriods(scope, '2026-01-15T00:00:00')
  expect(await check(scope)).toMatchObject({ resetsAt: next.resetsAt })
})

test('[FIN-12] soft limits and overage let more through and say that it is more; a limit without an end refuses nothing', async () => {
  for (const mode of ['soft', 'overage'] as const) {
    const scope = await bench.tenant({ scans: { max: 10, mode } })
    expect(await consume(scope, 25)).toMatchObject({ quantity: 25, quota: { used: 25, percentage: 250, available: 0 } })
    await tell(scope)
    expect((await events(scope)).map(({ type }) => type).sort()).toEqual(['quota.exceeded', 'quota.threshold_reached'])
  }
  const unlimited = await bench.tenant({ scans: { max: null } })
  await consume(unlimited, 1_000_000_000)
  await tell(unlimited)
  expect(await events(unlimited)).toEqual([])
})

test('[FIN-12] a limit grows by as few steps as suffice, up to its ceiling, and not at all for what is beyond that', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  await bench.quotas.setGrowth(scope, scans, { step: 5, ceiling: 22 })
  await consume(scope, 10)
  expect(await consume(scope, 7)).toMatchObject({ quota: { max: 20, used: 17 } })
  await expect(consume(scope, 6)).rejects.toMatchObject({ code: 'quota_exceeded' })
  expect(await check(scope)).toMatchObject({ max: 20, used: 17 })
  expect(await consume(scope, 5)).toMatchObject({ quota: { max: 22, used: 22 } })
  await bench.quotas.setGrowth(scope, scans, null)
  await expect(consume(scope, 1)).rejects.toMatchObject({ code: 'quota_exceeded' })
  await expect(bench.quotas.setGrowth(scope, 'nothing', { step: 1, ceiling: 2 })).rejects.toMatchObject({ code: 'not_found' })
})

test('[FIN-12] 80, 95 and 100 percent are told once each; a jump is one notice, naming the highest', async () => {
  const scope = await bench.tenant({ scans: { max: 100 }, calls: { max: 100 } })
  const told = async () => {
    await tell(scope)
    return (await events(scope)).map(({ data }) => [data.meter, data.threshold, data.used])
  }
  await consume(scope, 79)
  expect(await told()).toEqual([])
  await consume(scope, 1)
  expect(await told()).toEqual([['scans', 80, 80]])
  await consume(scope, 5)
  await bench.quotas.consume(scope, { meter: 'calls', quantity: 100 })
  expect(await told()).toEqual([
    ['scans', 80, 80],
    ['calls', 100, 100],
  ])
  await consume(scope, 15)
  expect((await told()).slice(2)).toEqual([['scans', 100, 100]])
})

test('no notice comes again after a refund; a raised limit has its own', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  const { key } = await bench.quotas.reserve(scope, { meter: scans, quantity: 2 })
  await consume(scope, 8)
  await bench.quotas.release(scope, { meter: scans, key })
  await bench.quotas.consume(scope, { meter: scans, quantity: 1 })
  await tell(scope)
  await scope.run(sql`update tenantry.limits set max = 11 where name = 'scans'`)
  await consume(scope, 1)
  await tell(scope)
  const told = (await events(scope)).map(({ data }) => [data.max, data.threshold])
  expect(told).toEqual([
    [10, 80],
    [11, 80],
  ])
})

test('negative, fractional, endless, huge and textual quantities are refused, and nothing is stored', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  const wrong = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e13, '3' as unknown as number]
  for (const quantity of wrong) {
    await expect(consume(scope, quantity), String(quantity)).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(bench.quotas.reserve(scope, { meter: scans, quantity })).rejects.toMatchObject({ code: 'invalid_request' })
  }
  for (const key of ['', 'x'.repeat(256), 'a\nb', '\u0000'])
    await expect(consume(scope, 1, { key })).rejects.toMatchObject({ code: 'invalid_request' })
  for (const seconds of [0, -5, 1.5, 86_401])
    await expect(bench.quotas.reserve(scope, { meter: scans, quantity: 1, seconds })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  expect(await scope.run(sql`select from tenantry.quota_counters`)).toEqual([])
})

test('an unknown meter is not found, and a limit of what is there cannot be taken from', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  await bench.workbench.owner(`insert into tenantry.limits (name, max) values ('users', 3)`, scope.context.tenantId)
  await expect(bench.quotas.consume(scope, { meter: 'nothing', quantity: 1 })).rejects.toMatchObject({ code: 'not_found' })
  await expect(bench.quotas.consume(scope, { meter: 'users', quantity: 1 })).rejects.toMatchObject({ code: 'invalid_request' })
  await expect(bench.quotas.check(scope, 'nothing')).rejects.toMatchObject({ code: 'not_found' })
})

test('a limit that is lowered or taken away acts on the next request', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  await consume(scope, 5)
  await scope.run(sql`update tenantry.limits set max = 5 where name = 'scans'`)
  await expect(consume(scope, 1)).rejects.toMatchObject({ members: { max: 5, used: 5 } })
  await scope.run(sql`update tenantry.limits set max = 9, period = 'day' where name = 'scans'`)
  expect(await consume(scope, 1)).toMatchObject({ quota: { used: 1, period: 'day' } })
  await scope.run(sql`delete from tenantry.limits where name = 'scans'`)
  await expect(consume(scope, 1)).rejects.toMatchObject({ code: 'not_found' })
})
