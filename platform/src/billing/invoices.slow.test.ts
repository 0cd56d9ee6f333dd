import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { type BilledTenant, type BillingBench, billingBench, use } from './billing.test-support.ts'

let bench: BillingBench
let tenant: BilledTenant

beforeAll(async () => {
  bench = await billingBench()
})
afterAll(() => bench?.close())
beforeEach(async () => {
  await bench.at('2026-01-01T00:00:00Z')
  tenant = await bench.tenant()
})

const kinds = (lines: readonly { kind: string }[]) => lines.map(({ kind }) => kind)

test('periods that nobody looked at are billed one by one, each once, and from the anchor: the 31st of January, the 28th of February, the 31st of March', async () => {
  await bench.at('2026-01-31T12:00:00Z')
  await tenant.choose('professional')
  await tenant.pay()
  await bench.at('2026-04-15T00:00:00Z')
  await tenant.work()
  await tenant.work()
  const starts = (await tenant.invoices()).map(({ periodStart }) => periodStart.slice(0, 10))
  expect(starts).toEqual(['2026-01-31', '2026-02-28', '2026-03-31'])
})

test('a yearly plan is billed once a year, and an upgrade to one by another interval begins a period of its own', async () => {
  await tenant.choose('professional')
  await tenant.pay()
  await bench.at('2026-01-16T12:00:00Z')
  await tenant.choose('enterprise', 'yearly')
  const [, restart] = await tenant.invoices()
  expect(restart).toMatchObject({ kind: 'period', periodStart: expect.stringContaining('2026-01-16T12:00') })
  expect(restart.lines).toMatchObject([{ kind: 'proration' }, { kind: 'plan', amountMinor: 100_000_000 }])
  expect(restart.lines[0].amountMinor).toBeLessThan(0)
  await tenant.pay()
  await bench.at('2026-12-31T00:00:00Z')
  await tenant.work()
  expect((await tenant.invoices()).filter(({ kind }) => kind === 'period')).toHaveLength(2)
})

test('a zone that the tenant changes in the middle of a period counts from the next', async () => {
  await tenant.choose('professional')
  await tenant.pay()
  const { periodEnd } = await tenant.subscription()
  await tenant.scope.run(sql`update tenantry.tenants set time_zone = 'America/New_York'`)
  expect((await tenant.subscription()).periodEnd).toBe(periodEnd)
  await tenant.pay()
  await bench.at('2026-02-02T00:00:00Z')
  await tenant.work()
  const next = await tenant.subscription()
  expect(next.periodStart).toBe(periodEnd)
  // Midnight in New York is five hours behind that of UTC; nobody pays for a period of five hours.
  expect(next.periodEnd.slice(0, 13)).toBe('2026-03-01T05')
})

test('the work done twice at once on two nodes makes one invoice', async () => {
  await tenant.choose('professional')
  const second = await bench.secondNode()
  const there = second.tenantry.scope({ tenantId: tenant.tenant.id, actor: { kind: 'system', id: tenant.tenant.id } })
  await tenant.pay()
  await bench.at('2026-02-02T00:00:00Z')
  await Promise.all([
    tenant.work(),
    second.tenantry.services.billing.work(there),
    tenant.work(),
    second.tenantry.services.billing.work(there),
  ])
  const invoices = await tenant.invoices()
  expect(invoices.map(({ periodStart }) => periodStart.slice(0, 10))).toEqual(['2026-01-01', '2026-02-01'])
  expect(new Set(invoices.map(({ number }) => number)).size).toBe(2)
})

test('work that breaks off in the middle leaves nothing, gives its number back, and is done whole by the next', async () => {
  await tenant.choose('professional')
  await tenant.pay()
  await bench.at('2026-02-02T00:00:00Z')
  // After the invoice is sealed, in the same transaction.
  await bench.superuser.query(
    `create function tenantry.break_off() returns trigger language plpgsql as 'begin raise exception ''killed''; end'`,
  )
  await bench.superuser.query(
    `create trigger break_off after update on tenantry.invoices for each row when (new.state = 'sealed') execute function tenantry.break_off()`,
  )
  const before = await tenant.subscription()
  await expect(tenant.work()).rejects.toThrow()
  expect([await tenant.subscription(), (await tenant.invoices()).length]).toEqual([before, 1])
  await bench.superuser.query('drop function tenantry.break_off cascade')
  await tenant.work()
  const [first, second] = (await tenant.invoices()).map(({ number }) => Number(number.slice(-6)))
  expect(second).toBe((first ?? 0) + 1)
})

test('the background bills what is due by itself', async () => {
  await tenant.choose('professional')
  await tenant.pay()
  await bench.at('2026-02-02T00:00:00Z')
  await bench.superuser.query(
    `update tenantry.work set due_at = tenantry.clock() where tenant_id = $1 and kind = 'billing.subscription'`,
    [tenant.tenant.id],
  )
  await expect.poll(async () => (await tenant.invoices()).length, { timeout: 60_000, interval: 200 }).toBe(2)
})

test('[FIN-12] what is used beyond the limit is billed when the month is over', async () => {
  await tenant.choose('professional')
  expect((await use(tenant, 10_250, '2026-01-01T00:00:00Z')).body.verdicts ?? []).not.toContainEqual(
    expect.objectContaining({ verdict: 'rejected' }),
  )
  await tenant.pay()
  await bench.at('2026-02-02T00:00:00Z')
  await tenant.work()
  const [, february] = await tenant.invoices()
  expect(february.lines).toMatchObject([
    { kind: 'overage', quantity: 250, amountMinor: 1_250 },
    { kind: 'plan', amountMinor: 1_000_000 },
  ])
})

test('[FIN-12] what is taken from a quota beyond its limit is billed like what is reported, once', async () => {
  await tenant.choose('professional')
  for (let n = 0; n < 2; n++) {
    const taken = await tenant.ask('POST', '/v1/quotas/transactions/consume', { quantity: 5_200, key: `take ${n}` })
    expect(taken.status, taken.text).toBe(200)
  }
  await tenant.pay()
  await bench.at('2026-02-02T00:00:00Z')
  await tenant.work()
  await tenant.work()
  await tenant.pay()
  await bench.at('2026-03-02T00:00:00Z')
  await tenant.work()
  const [, february, march] = await tenant.invoices()
  expect(february.lines).toMatchObject([
    { kind: 'overage', quantity: 400, amountMinor: 2_000 },
    { kind: 'plan', amountMinor: 1_000_000 },
  ])
  expect(kinds(march.lines)).toEqual(['plan'])
})

test('a late event of a sealed invoice changes no byte of it, and is an adjustment in the open one', async () => {
  await tenant.choose('professional')
  await bench.at('2026-01-20T00:00:00Z')
  await use(tenant, 9_900, '2026-01-15T00:00:00Z')
  await tenant.pay()
  await bench.at('2026-02-02T00:00:00Z')
  await tenant.work()
  await tenant.pay()
  const [january, february] = await tenant.invoices()
  const pdf = (id: string) => tenant.ask('GET', `/v1/invoices/${id}/pdf`)
  const before = [await pdf(january.id), await pdf(february.id)].map(({ text }) => text)
  expect(kinds(february.lines)).toEqual(['plan'])

  // 100 of the 300 are still within the limit of January.
  await use(tenant, 300, '2026-01-16T00:00:00Z')
  await tenant.work()
  await tenant.work()
  const after = await tenant.invoices()
  expect(after.slice(0, 2)).toEqual([january, february])
  expect([await pdf(january.id), await pdf(february.id)].map(({ text }) => text)).toEqual(before)
  expect(after[2]).toMatchObject({ state: 'draft', lines: [{ kind: 'adjustment', quantity: 200, amountMinor: 1_000 }] })
  expect((await pdf(after[2].id)).status).toBe(409)

  await tenant.pay()
  await bench.at('2026-03-02T00:00:00Z')
  await tenant.work()
  const march = (await tenant.invoices())[2]
  expect(march).toMatchObject({ state: 'sealed', subtotalMinor: 1_001_000 })
  expect(kinds(march.lines)).toEqual(['adjustment', 'plan'])
})

test('whoever writes to a sealed invoice, its lines or its document is refused by the database', async () => {
  await tenant.choose('professional')
  const [{ id }] = await tenant.invoices()
  for (const statement of [
    sql`update tenantry.invoices set total_minor = 1, subtotal_minor = 1, tax_minor = 0 where id = ${id}::uuid`,
    sql`update tenantry.invoices set number = 'DESK-1' where id = ${id}::uuid`,
    sql`update tenantry.invoices set state = 'draft', sealed_at = null where id = ${id}::uuid`,
    sql`delete from tenantry.invoices where id = ${id}::uuid`,
    sql`update tenantry.invoice_lines set amount_minor = 1 where invoice_id = ${id}::uuid`,
    sql`delete from tenantry.invoice_lines where invoice_id = ${id}::uuid`,
    sql`insert into tenantry.invoice_lines (invoice_id, position, kind, description, amount_minor) values (${id}::uuid, 9, 'plan', 'more', 1)`,
    sql`delete from tenantry.invoice_documents where invoice_id = ${id}::uuid`,
    sql`update tenantry.invoice_documents set pdf = '' where invoice_id = ${id}::uuid`,
    sql`delete from tenantry.subscriptions`,
  ]) {
    await expect(tenant.scope.run(statement), statement.text).rejects.toThrow()
  }
  expect(await tenant.invoices()).toMatchObject([{ totalMinor: 1_180_000, state: 'sealed' }])
})

test('an invoice is a PDF, and reading it again answers the same bytes', async () => {
  await tenant.choose('professional')
  const [{ id, number }] = await tenant.invoices()
  const [one, two] = [await tenant.ask('GET', `/v1/invoices/${id}/pdf`), await tenant.ask('GET', `/v1/invoices/${id}/pdf`)]
  expect(one).toMatchObject({ status: 200, headers: { 'content-type': 'application/pdf' } })
  expect(one.headers['content-disposition']).toContain(number)
  expect(one.text.slice(0, 5)).toBe('%PDF-')
  expect(two.text).toBe(one.text)
})

test("another tenant's invoice is as absent as one that never was", async () => {
  await tenant.choose('professional')
  const [{ id }] = await tenant.invoices()
  const other = await bench.tenant()
  for (const path of [`/v1/invoices/${id}`, `/v1/invoices/${id}/pdf`]) expect((await other.ask('GET', path)).status).toBe(404)
  expect((await other.operate('POST', `/invoices/${id}/paid`, {})).status).toBe(404)
})

test('[BMS-16] an add-on is bought by the period, whose rest is charged now, or once; what it gives is there at once', async () => {
  await tenant.choose('professional')
  await tenant.pay()
  await bench.at('2026-01-16T12:00:00Z')
  const buy = (charge: string) => tenant.ask('PUT', '/v1/subscription/add-ons/custom_domain', { charge })
  const bought = await buy('recurring')
  expect(bought.body, bought.text).toMatchObject({ addOns: [{ addOn: 'custom_domain', charge: 'recurring', priceMinor: 1_000 }] })
  expect((await buy('once')).status).toBe(409)
  expect((await tenant.ask('GET', '/v1/entitlements/custom_domain')).body).toMatchObject({ value: true, decidedBy: 'add_on' })
  const [, change] = await tenant.invoices()
  expect(change).toMatchObject({ kind: 'change', state: 'sealed', lines: [{ kind: 'add_on', amountMinor: 500 }] })

  await tenant.pay()
  await bench.at('2026-02-01T00:05:00Z')
  await tenant.work()
  expect((await tenant.invoices())[2].lines).toMatchObject([{ kind: 'plan' }, { kind: 'add_on', amountMinor: 1_000 }])
  expect((await tenant.ask('DELETE', '/v1/subscription/add-ons/custom_domain')).status).toBe(200)
  await tenant.pay()
  await bench.at('2026-03-01T00:05:00Z')
  await tenant.work()
  expect(kinds((await tenant.invoices())[3].lines)).toEqual(['plan'])
  expect((await tenant.ask('GET', '/v1/entitlements/custom_domain')).body).toMatchObject({ value: false })

  await buy('once')
  expect((await tenant.invoices())[4].lines).toMatchObject([{ kind: 'add_on', amountMinor: 5_000 }])
  expect((await tenant.ask('DELETE', '/v1/subscription/add-ons/custom_domain')).status).toBe(404)
  await tenant.pay()
  await bench.at('2026-04-01T00:05:00Z')
  await tenant.work()
  expect(kinds((await tenant.invoices())[5].lines)).toEqual(['plan'])
})

test('what is taken back after it was billed is a credit, and one that an invoice cannot take goes into the next', async () => {
  await tenant.choose('professional')
  const usage = (event: object) => tenant.ask('POST', '/v1/usage', { events: [{ meter: 'transactions', ...event }] })
  await usage({ key: 'large', quantity: 10_250, at: '2026-01-01T00:00:00Z' })
  await tenant.pay()
  await bench.at('2026-02-02T00:00:00Z')
  await tenant.work()
  await tenant.choose('starter')
  await usage({ key: 'back', quantity: -250, corrects: 'large' })
  await tenant.pay()
  await bench.at('2026-03-02T00:00:00Z')
  await tenant.work()
  const [, , march, next] = await tenant.invoices()
  expect(march).toMatchObject({ state: 'paid', totalMinor: 0 })
  expect(march.lines).toMatchObject([
    { kind: 'adjustment', quantity: -250, amountMinor: -1_250 },
    { kind: 'carried', amountMinor: 1_250 },
  ])
  expect(next).toMatchObject({ state: 'draft', lines: [{ kind: 'carried', amountMinor: -1_250 }] })
})
