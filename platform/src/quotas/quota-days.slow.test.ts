import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { type MeteredTenant, type UsageBench, usageBench } from '../usage/usage.test-support.ts'

let bench: UsageBench

beforeAll(async () => {
  bench = await usageBench()
})
afterAll(() => bench?.close())

const daily = async (tenant: MeteredTenant) =>
  (await tenant.ask('GET', '/v1/usage/daily')).body.items.filter(({ meter }: { meter: string }) => meter !== 'api_calls')
const today = new Date().toISOString().slice(0, 10)
const take = (tenant: MeteredTenant, what: string, body: object) => tenant.ask('POST', `/v1/quotas/transactions/${what}`, body)

test('[SEC-2] what is consumed is usage, once, however often it was asked for', async () => {
  const tenant = await bench.tenant()
  for (const key of ['one', 'one', 'two']) await take(tenant, 'consume', { key, quantity: 3 })
  expect((await take(tenant, 'consume', { key: 'much', quantity: 5_000 })).status).toBe(429)
  await take(tenant, 'consume', { key: 'rest', quantity: 5_000, mode: 'clamp' })
  expect(await daily(tenant)).toEqual([{ day: today, meter: 'transactions', quantity: 1_000 }])
  expect((await tenant.ask('GET', '/v1/analytics')).body.transactions30d).toBe(1_000)
  const { items } = (await tenant.ask('GET', '/v1/usage/forecast')).body
  expect(items).toContainEqual(expect.objectContaining({ limit: 'transactions', used: 1_000 }))
})

test('[SEC-2] a hold is usage when it is committed, with what it really took; released and expired ones never are', async () => {
  const tenant = await bench.tenant()
  for (const key of ['done', 'dropped', 'forgotten']) await take(tenant, 'reserve', { key, quantity: 10 })
  expect(await daily(tenant)).toEqual([])
  for (let again = 0; again < 2; again++) await take(tenant, 'commit', { key: 'done', quantity: 7 })
  await take(tenant, 'release', { key: 'dropped' })
  expect(await daily(tenant)).toEqual([{ day: today, meter: 'transactions', quantity: 7 }])
})

test('[SEC-2] what a lease gave back is no usage', async () => {
  const tenant = await bench.tenant()
  const { leases } = bench.node.tenantry.services.quotas
  for (let taken = 0; taken < 3; taken++) await leases.take(tenant.tenant.id, 'transactions')
  await expect.poll(async () => (await daily(tenant))[0]?.quantity, { timeout: 20_000 }).toBe(3)
})

test('[SEC-2] a meter that is reported and consumed counts once: by its reports, in every period that has one', async () => {
  const tenant = await bench.tenant()
  await take(tenant, 'consume', { key: 'order-1', quantity: 4 })
  await tenant.report({ key: 'order-1', meter: 'transactions', quantity: 4 })
  expect(await daily(tenant)).toEqual([{ day: today, meter: 'transactions', quantity: 4 }])
  expect((await tenant.ask('GET', '/v1/analytics')).body.transactions30d).toBe(4)
  const others = await bench.tenant()
  await take(others, 'consume', { key: 'order-1', quantity: 2 })
  expect(await daily(others)).toMatchObject([{ quantity: 2 }])
})

test('[SEC-2] days are those of the calendar of the tenant', async () => {
  const tenant = await bench.tenant({ timeZone: 'Pacific/Kiritimati' })
  await take(tenant, 'consume', { key: 'early', quantity: 1 })
  const local = new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 10)
  expect(await daily(tenant)).toEqual([{ day: local, meter: 'transactions', quantity: 1 }])
})

test('no role of a server writes what was admitted', async () => {
  const scope = bench.scope(await bench.tenant())
  const forged = sql`insert into tenantry.quota_days (meter, period_start, day, quantity) values ('transactions', now(), current_date, 1)`
  await expect(scope.run(forged)).rejects.toMatchObject({ code: 'internal' })
})
