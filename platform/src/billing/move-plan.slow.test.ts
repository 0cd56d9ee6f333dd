import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BillingBench, billingBench } from './billing.test-support.ts'

let bench: BillingBench

beforeAll(async () => {
  bench = await billingBench()
})
afterAll(() => bench?.close())

const limitOf = async (tenant: Awaited<ReturnType<BillingBench['tenant']>>) =>
  (await tenant.ask('GET', '/v1/limits')).body.items.find(({ name }: { name: string }) => name === 'transactions').max

test('an operator who moves a tenant to a dearer plan moves its bill: the rest of the period is charged to the second', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const tenant = await bench.tenant()
  await tenant.choose('professional')
  await tenant.pay()
  await bench.at('2026-06-16T00:00:00Z')
  const { periodStart, periodEnd } = await tenant.subscription()
  const moved = await tenant.operate('PUT', '/plan', { plan: 'enterprise' })
  expect(moved, moved.text).toMatchObject({ status: 200, body: { plan: 'enterprise', version: 1 } })
  expect(await tenant.subscription()).toMatchObject({
    plan: 'enterprise',
    priceMinor: 10_000_000,
    periodStart,
    periodEnd,
    pending: null,
  })
  expect(await limitOf(tenant)).toBe(100_000)
  const [, change] = await tenant.invoices()
  expect(change).toMatchObject({ kind: 'change', state: 'sealed' })
  const whole = Date.parse(periodEnd) - Date.parse(periodStart)
  const [credit, charge] = change.lines
  const left = Date.parse(periodEnd) - Date.parse(credit.periodStart)
  expect(credit.amountMinor).toBe(-Math.round((1_000_000 * left) / whole))
  expect(charge.amountMinor).toBe(Math.round((10_000_000 * left) / whole))
})

test('a move to a cheaper plan acts at once, too, and what was paid for and is not used is a credit on the next invoice', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const tenant = await bench.tenant()
  await tenant.choose('enterprise')
  await tenant.pay()
  await bench.at('2026-06-16T00:00:00Z')
  await tenant.operate('PUT', '/plan', { plan: 'professional' })
  expect(await limitOf(tenant)).toBe(10_000)
  expect(await tenant.subscription()).toMatchObject({ plan: 'professional', pending: null })
  const before = await tenant.invoices()
  const credit = before.at(-1)?.lines.find(({ kind }: { kind: string }) => kind === 'carried').amountMinor
  expect(credit).toBeLessThan(-4_000_000)
  await bench.at('2026-07-01T01:00:00Z')
  await tenant.work()
  const sealed = (await tenant.invoices()).filter(({ kind, state }) => kind === 'period' && state !== 'draft')
  const next = sealed.at(-1)
  expect(next?.lines).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'carried', amountMinor: credit }),
      expect.objectContaining({ kind: 'plan', description: 'Professional', amountMinor: 1_000_000 }),
    ]),
  )
})

test('another plan ends a trial, like a choice; a plan without a price costs nothing and keeps the period', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const tenant = await bench.tenant()
  await tenant.operate('PUT', '/plan', { plan: 'professional' })
  const begun = await tenant.subscription()
  expect(begun).toMatchObject({ state: 'active', plan: 'professional' })
  expect(await tenant.invoices()).toMatchObject([{ kind: 'period', subtotalMinor: 1_000_000 }])
  await tenant.pay()
  await tenant.operate('PUT', '/plan', { plan: 'custom' })
  expect(await tenant.subscription()).toMatchObject({
    plan: 'custom',
    priceMinor: 0,
    currency: 'INR',
    periodEnd: begun.periodEnd,
  })
})

test('changing the tier with the rest of a tenant is the same move, and all of it happens or nothing', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const tenant = await bench.tenant()
  const { headers } = await tenant.operate('GET', '')
  const changed = await tenant.operate(
    'PATCH',
    '',
    { name: 'Renamed', tier: 'professional' },
    { 'if-match': String(headers.etag) },
  )
  expect(changed, changed.text).toMatchObject({ status: 200, body: { name: 'Renamed', tier: 'professional' } })
  expect(await tenant.subscription()).toMatchObject({ state: 'active', plan: 'professional', priceMinor: 1_000_000 })
  expect(await tenant.invoices()).toMatchObject([{ kind: 'period', subtotalMinor: 1_000_000 }])
  await tenant.ask('POST', '/v1/subscription/cancel', { at: 'now' })
  const { headers: now } = await tenant.operate('GET', '')
  const refused = await tenant.operate('PATCH', '', { name: 'Again', tier: 'enterprise' }, { 'if-match': String(now.etag) })
  expect(refused.status).toBe(409)
  expect((await tenant.operate('GET', '')).body).toMatchObject({ name: 'Renamed', tier: 'professional' })
})

test('the plan that a tenant has already is no change, and what waited for the end of the period does not happen', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const tenant = await bench.tenant()
  await tenant.choose('enterprise')
  await tenant.pay()
  await tenant.choose('professional')
  expect(await tenant.subscription()).toMatchObject({ pending: { plan: 'professional' } })
  const before = await tenant.invoices()
  expect((await tenant.operate('PUT', '/plan', { plan: 'enterprise' })).status).toBe(200)
  expect(await tenant.subscription()).toMatchObject({ plan: 'enterprise', pending: null })
  expect(await tenant.invoices()).toEqual(before)
})

test('a new version of its plan does not end a trial', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const tenant = await bench.tenant()
  const { trialEndsAt } = await tenant.subscription()
  const { plans } = bench.node.tenantry.services
  const starter = (await plans.offered('desk')).plans.find(({ key }) => key === 'starter')
  if (starter === undefined) throw new Error('The system has no plan "starter".')
  const { version } = await plans.publishPlan('desk', 'starter', { ...starter.content, title: 'Start' }, null)
  await tenant.operate('PUT', '/plan', { plan: 'starter', version })
  expect(await tenant.subscription()).toMatchObject({ state: 'trialing', planVersion: version, trialEndsAt })
  expect(await tenant.invoices()).toEqual([])
})

test('nobody is moved who owes, or whose subscription has ended', async () => {
  await bench.at('2026-06-01T00:00:00Z')
  const owing = await bench.tenant()
  await owing.choose('professional')
  const [{ id }] = (await owing.invoices()) as [{ id: string }]
  await owing.operate('POST', `/invoices/${id}/failed`, {})
  expect((await owing.subscription()).state).toBe('past_due')
  expect(await owing.operate('PUT', '/plan', { plan: 'enterprise' })).toMatchObject({ status: 409, body: { code: 'conflict' } })
  expect(await limitOf(owing)).toBe(10_000)

  const ended = await bench.tenant()
  await ended.ask('POST', '/v1/subscription/cancel', { at: 'now' })
  const refused = await ended.operate('PUT', '/plan', { plan: 'enterprise' })
  expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } })
  expect(refused.body.detail).toContain('/subscription')
})
