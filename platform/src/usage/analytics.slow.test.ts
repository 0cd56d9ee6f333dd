import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { OwnUsage } from './own-usage.ts'
import { type MeteredTenant, type UsageBench, usageBench } from './usage.test-support.ts'

let bench: UsageBench
let north: MeteredTenant

beforeAll(async () => {
  bench = await usageBench()
})
afterAll(() => bench?.close())
beforeEach(async () => {
  north = await bench.tenant()
})
afterEach(() => bench.moveClock('0'))

const day = 86_400_000
const dayAgo = (days: number) => new Date(Date.now() - days * day).toISOString().slice(0, 10)
const settled = { timeout: 30_000, interval: 100 }
const addRack = (tenant: MeteredTenant, name: string) => tenant.ask('POST', '/v1/shelf/racks', { name })
const calls = async ({ tenant } = north): Promise<number> => {
  const { rows } = await bench.superuser.query<{ calls: number }>(
    `select coalesce(sum(quantity), 0)::int as calls from tenantry.usage_days where tenant_id = $1 and meter = 'api_calls'`,
    [tenant.id],
  )
  return rows[0]?.calls ?? 0
}
/** A look at the tenant now, instead of when it is due. */
async function measure({ tenant } = north): Promise<void> {
  const looked = async () =>
    (
      await bench.superuser.query(
        `select due_at > tenantry.clock() + interval '10 minutes' and claimed_until is null as looked from tenantry.work
      where tenant_id = $1 and kind = 'usage.measure'`,
        [tenant.id],
      )
    ).rows[0]?.looked
  await expect.poll(looked, settled).toBe(true)
  await bench.superuser.query(
    `update tenantry.work set due_at = tenantry.clock() where tenant_id = $1 and kind = 'usage.measure'`,
    [tenant.id],
  )
  await expect.poll(looked, settled).toBe(true)
}

test('calls with a key are counted once each, and asking what is left is free', async () => {
  for (let n = 0; n < 5; n += 1) await north.ask('GET', '/v1/shelf/racks')
  await north.ask('GET', '/v1/shelf/racks/nowhere')
  await north.ask('GET', '/v1/quotas')
  await north.ask('GET', '/v1/quotas/racks')
  await expect.poll(() => calls(), settled).toBe(6)
  expect((await north.ask('GET', '/v1/analytics')).body.calls30d).toBe(6)
})

test('calls that could not be written are written with the next ones, each once', async () => {
  const failures: unknown[] = []
  const own = new OwnUsage({ scope: bench.node.tenantry.scope, onFailure: (error) => failures.push(error) })
  const app = new URL(bench.database.appUrl).username
  const right = `execute on function tenantry.add_usage(text[], bigint[])`
  own.note(north.tenant.id, 3)
  await bench.superuser.query(`revoke ${right} from ${app}`)
  await own.flush()
  expect([failures.length, await calls()]).toEqual([1, 0])
  await bench.superuser.query(`grant ${right} to ${app}`)
  own.note(north.tenant.id, 4)
  await own.close()
  expect([failures.length, await calls()]).toEqual([1, 7])
})

test('a tenant that does nothing is not written to', async () => {
  const idle = await bench.tenant()
  await north.ask('GET', '/v1/shelf/racks')
  await expect.poll(() => calls(), settled).toBe(1)
  const { rowCount } = await bench.superuser.query(
    `select from tenantry.usage_days where tenant_id = $1 union all select from tenantry.work where tenant_id = $1 and kind = 'usage.measure'`,
    [idle.tenant.id],
  )
  expect(rowCount).toBe(0)
})

test('[FIN-8] what is counted is kept day by day, and a day that nobody looked at is as the day before', async () => {
  await addRack(north, 'one')
  await addRack(north, 'two')
  await expect.poll(() => calls(), settled).toBe(2)
  await measure()
  await bench.superuser.query(`update tenantry.usage_levels set day = day - 3 where tenant_id = $1`, [north.tenant.id])
  await addRack(north, 'three')
  await measure()
  const { items } = (await north.ask('GET', '/v1/usage/history?name=racks')).body
  expect(items).toEqual([
    { day: dayAgo(3), name: 'racks', level: 2, highest: 2 },
    { day: dayAgo(2), name: 'racks', level: 2, highest: 2 },
    { day: dayAgo(1), name: 'racks', level: 2, highest: 2 },
    { day: dayAgo(0), name: 'racks', level: 3, highest: 3 },
  ])
})

test('[FIN-8] analytics tell users, calls, transactions of 30 days, storage and the state of each quota', async () => {
  await addRack(north, 'one')
  await expect.poll(() => calls(), settled).toBe(1)
  await measure()
  const at = (days: number) => new Date(Date.now() - days * day).toISOString()
  const sold = (key: string, days: number, quantity: number) => ({ key, meter: 'transactions', quantity, at: at(days) })
  await north.report(sold('now', 0, 3), sold('lately', 29, 4), sold('before', 31, 500))
  const { body } = await north.ask('GET', '/v1/analytics')
  expect(body).toMatchObject({ users: 0, activeUsers30d: 0, signIns30d: 0, transactions30d: 7 })
  expect(body.storage).toEqual({ bytes: expect.any(Number), day: dayAgo(0) })
  expect(body.quotas).toContainEqual(expect.objectContaining({ meter: 'racks', max: 3, used: 1, available: 2 }))
})

test('storage is estimated from the tenant’s own rows: more for more, and the same whatever others have', async () => {
  const scope = bench.scope(north)
  const bytes = async () => (await scope.first(sql<{ bytes: number }>`select tenantry.estimate_storage() as bytes`))?.bytes ?? 0
  expect(await bytes()).toBe(0)
  await addRack(north, 'n'.repeat(100))
  const one = await bytes()
  expect(one).toBeGreaterThan(100)
  expect(one).toBeLessThan(400)
  const large = await bench.tenant()
  for (let n = 0; n < 3; n += 1) await addRack(large, `${n}`)
  expect(await bytes()).toBe(one)
  await addRack(north, 'm'.repeat(100))
  expect(await bytes()).toBe(2 * one)
})

test('storage is how far a limit on storage is used', async () => {
  await bench.scope(north).run(sql`insert into tenantry.limits (name, max, kind) values ('storage', 1000000000, 'gauge')`)
  await addRack(north, 'one')
  await expect.poll(() => calls(), settled).toBe(1)
  await measure()
  const { body } = await north.ask('GET', '/v1/analytics')
  expect(body.storage.bytes).toBeGreaterThan(0)
  expect(body.quotas).toContainEqual(expect.objectContaining({ meter: 'storage', kind: 'gauge', used: body.storage.bytes }))
})

test('[FIN-12] a gauge that reaches 80 percent of its limit is told, once', async () => {
  const scope = bench.scope(north)
  await scope.run(sql`insert into tenantry.limits (name, max, kind) values ('storage', 100, 'gauge')`)
  const look = (level: number) =>
    scope.run(sql`select tenantry.note_levels(array['storage'], array[${level}::bigint])`, { lane: 'write' })
  const told = async () =>
    (await scope.run(sql<{ data: object }>`select data from tenantry.events where type like 'quota.%' order by id`)).map(
      ({ data }) => data,
    )
  await look(79)
  await look(85)
  await expect.poll(told, settled).toMatchObject([{ meter: 'storage', threshold: 80, used: 85, max: 100 }])
  await look(50)
  await look(90)
  await look(120)
  await expect
    .poll(told, settled)
    .toEqual([
      expect.objectContaining({ threshold: 80 }),
      expect.objectContaining({ threshold: 100, used: 120 }),
      expect.objectContaining({ meter: 'storage', used: 120 }),
    ])
})

test('[SEC-7] a forecast says when a limit is reached, between when and when, and what it rests on', async () => {
  const at = (days: number) => `${dayAgo(days)}T12:00:00Z`
  await north.report(
    ...Array.from({ length: 10 }, (_, n) => ({
      key: `e-${n}`,
      meter: 'transactions',
      quantity: 90 + (n % 3) * 10,
      at: at(n + 1),
    })),
  )
  await bench.scope(north).run(sql`update tenantry.limits set max = 100000000, period = 'month' where name = 'transactions'`)
  const tell = async () =>
    (await north.ask('GET', '/v1/usage/forecast')).body.items.find(({ limit }: { limit: string }) => limit === 'transactions')
  // A hundred a day never reach a hundred million within the month.
  expect(await tell()).toMatchObject({
    runsOutAt: null,
    because: 'resets_before',
    basis: { days: 10, from: dayAgo(10), to: dayAgo(1), perDay: 99 },
  })
  await bench.scope(north).run(sql`update tenantry.limits set max = null where name = 'transactions'`)
  expect(await tell()).toMatchObject({ runsOutAt: null, because: 'unlimited' })
})

test('[SEC-7] a counted limit that fills by one a day is reached in as many days as places are left', async () => {
  await addRack(north, 'one')
  await expect.poll(() => calls(), settled).toBe(1)
  await measure()
  await bench.scope(north).run(sql`update tenantry.limits set max = 15 where name = 'racks'`)
  await bench.superuser.query(
    `insert into tenantry.usage_levels (tenant_id, name, day, level, highest)
    select $1, 'racks', current_date - n, 10 - n, 10 - n from generate_series(1, 9) n`,
    [north.tenant.id],
  )
  await bench.superuser.query(`update tenantry.counters set used = 10 where tenant_id = $1 and name = 'racks'`, [north.tenant.id])
  const racks = (await north.ask('GET', '/v1/usage/forecast')).body.items.find(
    ({ limit }: { limit: string }) => limit === 'racks',
  )
  expect(racks).toMatchObject({
    kind: 'counted',
    used: 10,
    max: 15,
    resetsAt: null,
    because: null,
    basis: { days: 8, perDay: 1 },
  })
  for (const moment of [racks.runsOutAt, racks.earliest, racks.latest])
    expect(Math.abs(Date.parse(moment) - Date.now() - 5 * day)).toBeLessThan(60_000)
})
