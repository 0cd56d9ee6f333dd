import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { type BillingBench, billingBench, use } from './billing.test-support.ts'

let bench: BillingBench

beforeAll(async () => {
  bench = await billingBench()
})
afterAll(() => bench?.close())

test('[FIN-4] a new tenant has a 30-day trial on the starter plan, its quotas and its first audit entry', async () => {
  await bench.at('2026-01-31T12:00:00Z')
  const tenant = await bench.tenant()
  expect(await tenant.subscription()).toMatchObject({
    plan: 'starter',
    state: 'trialing',
    trialEndsAt: expect.stringContaining('2026-03-02T12:00:'),
    currency: 'INR',
    priceMinor: 0,
  })
  const limits = (await tenant.ask('GET', '/v1/limits')).body.items
  expect(limits).toContainEqual(expect.objectContaining({ name: 'transactions', max: 1_000 }))
  const entries = (await tenant.ask('GET', `/v1/audit?objectId=${tenant.tenant.id}`)).body.items
  expect(entries.length).toBeGreaterThan(0)
  expect((await tenant.ask('GET', `/v1/audit?objectId=${(await tenant.subscription()).id}`)).body.items).toHaveLength(1)
})

test('[FIN-4] a tenant whose subscription cannot be made is not made at all', async () => {
  await bench.superuser.query(`alter table tenantry.subscriptions add constraint broken check (plan <> 'starter') not valid`)
  try {
    await expect(bench.tenant({})).rejects.toThrow()
  } finally {
    await bench.superuser.query('alter table tenantry.subscriptions drop constraint broken')
  }
  const { rows } = await bench.superuser.query(
    'select (select count(*) from tenantry.tenants)::int as tenants, (select count(*) from tenantry.subscriptions)::int as subscriptions',
  )
  expect(rows[0].tenants).toBe(rows[0].subscriptions)
})

test('a plan that is agreed with each customer costs nothing here, and add-ons can be bought beside it', async () => {
  const tenant = await bench.tenant({ tier: 'custom' })
  expect(await tenant.subscription()).toMatchObject({ plan: 'custom', state: 'active', currency: 'INR', priceMinor: 0 })
  await tenant.ask('PUT', '/v1/subscription/add-ons/custom_domain', { charge: 'once' })
  expect(await tenant.invoices()).toMatchObject([{ subtotalMinor: 5_000, lines: [{ kind: 'add_on' }] }])
})

test('[FIN-5] when the trial ends without a choice the tenant is read-only, and a choice lets it in again', async () => {
  await bench.at('2026-01-01T00:00:00Z')
  const tenant = await bench.tenant()
  await bench.at('2026-01-30T23:00:00Z')
  await tenant.work()
  expect((await tenant.subscription()).state).toBe('trialing')
  await bench.at('2026-01-31T00:01:00Z')
  await tenant.work()
  expect((await tenant.subscription()).state).toBe('expired')
  expect((await tenant.ask('POST', '/v1/keys', { name: 'more', permissions: ['tenant:read'] })).status).toBe(403)
  expect((await tenant.ask('GET', '/v1/keys')).status).toBe(200)

  expect((await tenant.choose('starter')).body).toMatchObject({ state: 'active', plan: 'starter' })
  expect((await tenant.ask('POST', '/v1/keys', { name: 'more', permissions: ['tenant:read'] })).status).toBe(201)
  expect(await tenant.invoices()).toEqual([])
})

test('[FIN-5] the data of an ended trial is kept for 60 days, and then its erasure is ordered; never under legal hold', async () => {
  await bench.at('2026-01-01T00:00:00Z')
  const [tenant, held] = [await bench.tenant(), await bench.tenant()]
  await bench.at('2026-02-01T00:00:00Z')
  await tenant.work()
  await held.work()
  await held.operate('POST', '/hold', { reason: 'in court' })
  await bench.at('2026-04-01T00:00:00Z')
  await tenant.work()
  const statusOf = async ({ scope }: typeof tenant) =>
    (await scope.first(sql<{ status: string }>`select status from tenantry.tenants`))?.status
  expect(await statusOf(tenant)).toBe('suspended')
  await bench.at('2026-04-02T00:01:00Z')
  expect(await tenant.work()).toBeNull()
  expect(await held.work()).not.toBeNull()
  expect([await statusOf(tenant), await statusOf(held)]).toEqual(['deleted', 'suspended'])
})

test("[FIN-5] a paid plan begins with an invoice, in the seller's numbers, with tax", async () => {
  await bench.at('2026-03-10T09:00:00Z')
  const tenant = await bench.tenant()
  const chosen = await tenant.choose('professional')
  expect(chosen.body, chosen.text).toMatchObject({ state: 'active', plan: 'professional', interval: 'monthly' })
  const [invoice] = await tenant.invoices()
  expect(invoice).toMatchObject({
    state: 'sealed',
    kind: 'period',
    number: expect.stringMatching(/^DESK-\d{6}$/),
    subtotalMinor: 1_000_000,
    taxMinor: 180_000,
    totalMinor: 1_180_000,
    lines: [{ kind: 'plan', description: 'Professional', amountMinor: 1_000_000 }],
  })
  const limits = (await tenant.ask('GET', '/v1/limits')).body.items
  expect(limits).toContainEqual(expect.objectContaining({ name: 'transactions', max: 10_000 }))
})

test('[FIN-5] an upgrade acts now and charges the rest of the period to the second', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const tenant = await bench.tenant()
  await tenant.choose('professional')
  const { periodStart, periodEnd } = await tenant.subscription()
  await tenant.pay()
  await bench.at('2026-06-16T00:00:00Z')
  const preview = (await tenant.ask('POST', '/v1/subscription/preview', { plan: 'enterprise' })).body
  expect(preview).toMatchObject({ kind: 'upgrade', gained: [], lost: [] })
  expect((await tenant.choose('enterprise')).body).toMatchObject({ plan: 'enterprise', periodStart, periodEnd })
  const [, change] = await tenant.invoices()
  expect(change).toMatchObject({ kind: 'change', state: 'sealed' })
  const [credit, charge] = change.lines
  const left = (Date.parse(periodEnd) - Date.parse(credit.periodStart)) / 1_000
  const whole = (Date.parse(periodEnd) - Date.parse(periodStart)) / 1_000
  expect(credit.amountMinor).toBe(-Math.round((1_000_000 * left) / whole))
  expect(charge.amountMinor).toBe(Math.round((10_000_000 * left) / whole))
  expect(change.subtotalMinor).toBe(credit.amountMinor + charge.amountMinor)
})

test('[FIN-5] a downgrade waits for the end of the period, shows beforehand what would be over, and deletes nothing', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const tenant = await bench.tenant()
  await tenant.choose('professional')
  for (let n = 0; n < 11; n += 1) await tenant.ask('POST', '/v1/keys', { name: `key ${n}`, permissions: ['tenant:read'] })
  const preview = (await tenant.ask('POST', '/v1/subscription/preview', { plan: 'starter' })).body
  expect(preview).toMatchObject({ kind: 'next', lines: [], lost: ['trading'] })
  const before = await tenant.subscription()
  expect((await tenant.choose('starter')).body).toMatchObject({
    plan: 'professional',
    pending: { plan: 'starter', priceMinor: 0 },
  })
  await tenant.pay()
  await bench.at('2026-07-01T00:01:00Z')
  await tenant.work()
  expect(await tenant.subscription()).toMatchObject({ plan: 'starter', pending: null, periodStart: before.periodEnd })
  expect((await tenant.ask('GET', '/v1/keys?limit=200')).body.items).toHaveLength(12)
})

test('upgrade, downgrade, upgrade charges the dearer plan once, and refills nothing', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const tenant = await bench.tenant()
  await tenant.choose('professional')
  await use(tenant, 9_000, '2026-06-01T00:00:00Z')
  await tenant.choose('enterprise')
  const charged = (await tenant.invoices()).length
  await tenant.choose('professional')
  expect((await tenant.subscription()).pending).toMatchObject({ plan: 'professional' })
  expect((await tenant.choose('enterprise')).body).toMatchObject({ plan: 'enterprise', pending: null })
  expect(await tenant.invoices()).toHaveLength(charged)
  const daily = await tenant.scope.first(sql<{ used: number }>`select sum(quantity)::bigint as used from tenantry.usage_hours
      where meter = 'transactions'`)
  expect(daily?.used).toBe(9_000)
})

test('canceled at the end of the period it goes on till then, and can be taken back; canceled now it ends', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const tenant = await bench.tenant()
  await tenant.choose('professional')
  const { periodEnd } = await tenant.subscription()
  expect((await tenant.ask('POST', '/v1/subscription/cancel', { at: 'period_end' })).body).toMatchObject({
    state: 'active',
    cancelAt: periodEnd,
  })
  expect((await tenant.ask('POST', '/v1/subscription/resume')).body).toMatchObject({ cancelAt: null })
  expect((await tenant.ask('POST', '/v1/subscription/resume')).body).toMatchObject({ state: 'active', cancelAt: null })
  await tenant.ask('POST', '/v1/subscription/cancel', { at: 'period_end' })
  await tenant.pay()
  await bench.at('2026-07-01T00:01:00Z')
  await tenant.work()
  expect(await tenant.subscription()).toMatchObject({ state: 'canceled', pending: null })
  expect(await tenant.invoices()).toHaveLength(1)

  const other = await bench.tenant()
  await other.choose('starter')
  expect((await other.ask('POST', '/v1/subscription/cancel', { at: 'now' })).body).toMatchObject({ state: 'canceled' })
  expect((await other.ask('POST', '/v1/keys', { name: 'more', permissions: ['tenant:read'] })).status).toBe(403)
})

test.each([
  [{ plan: 'nonsense' }, 400],
  [{ plan: 'custom' }, 400],
  [{ plan: 'professional', interval: 'weekly' }, 400],
  [{ plan: 'professional', priceMinor: 1 }, 400],
  [{ plan: ['professional'] }, 400],
  [{}, 400],
])('%j is refused, and nothing changes', async (choice, status) => {
  const tenant = await bench.tenant()
  const before = await tenant.subscription()
  const read = await tenant.ask('GET', '/v1/subscription')
  const answer = await tenant.ask('PATCH', '/v1/subscription', choice, { 'if-match': String(read.headers.etag) })
  expect(answer.status, answer.text).toBe(status)
  expect(await tenant.subscription()).toEqual(before)
})

test('a change that was based on another version is refused', async () => {
  const tenant = await bench.tenant()
  expect((await tenant.ask('PATCH', '/v1/subscription', { plan: 'starter' }, { 'if-match': '"v99"' })).status).toBe(412)
  expect((await tenant.subscription()).state).toBe('trialing')
})
