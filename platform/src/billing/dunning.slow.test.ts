import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { type BilledTenant, type BillingBench, billingBench } from './billing.test-support.ts'

let bench: BillingBench
let tenant: BilledTenant

beforeAll(async () => {
  bench = await billingBench()
})
afterAll(() => bench?.close())
beforeEach(async () => {
  await bench.at('2026-01-01T00:00:00Z')
  tenant = await bench.tenant()
  await tenant.choose('professional')
})

const state = async () => (await tenant.subscription()).state
const write = async () => (await tenant.ask('POST', '/v1/keys', { name: 'more', permissions: ['tenant:read'] })).status

async function until(moment: string): Promise<string> {
  await bench.at(moment)
  await tenant.work()
  return state()
}

async function events(): Promise<string[]> {
  const rows = await tenant.scope.run(sql<{ type: string }>`select type from tenantry.events
    where type like 'subscription.%' or type like 'invoice.%' order by xid, id`)
  return rows.map(({ type }) => type)
}

test('an invoice that is not paid makes it past due, then read-only, then ends it; paying brings everything back', async () => {
  const [{ id }] = await tenant.invoices()
  expect(await until('2026-01-14T00:00:00Z')).toBe('active')
  expect(await until('2026-01-15T00:05:00Z')).toBe('past_due')
  expect(await write()).toBe(201)
  expect((await tenant.choose('enterprise')).status).toBe(409)
  expect(await until('2026-01-29T00:05:00Z')).toBe('paused')
  expect(await write()).toBe(403)

  const paid = await tenant.operate('POST', `/invoices/${id}/paid`, { reference: 'bank 1' })
  expect(paid.body, paid.text).toMatchObject({ state: 'paid', reference: 'bank 1' })
  expect(await state()).toBe('active')
  expect(await write()).toBe(201)
  expect(await events()).toEqual([
    'subscription.active',
    'invoice.sealed',
    'subscription.past_due',
    'subscription.paused',
    'invoice.paid',
    'subscription.active',
  ])
})

test('one that nobody pays ends thirty days after it was paused, and nothing is charged meanwhile', async () => {
  await until('2026-01-15T00:05:00Z')
  await until('2026-01-29T00:05:00Z')
  expect(await until('2026-02-27T00:00:00Z')).toBe('paused')
  expect(await until('2026-02-28T00:05:00Z')).toBe('canceled')
  expect(await tenant.invoices()).toHaveLength(1)
})

test('paid after its period was over, a paused subscription begins a new one from that moment', async () => {
  const [{ id }] = await tenant.invoices()
  await until('2026-01-29T00:05:00Z')
  await until('2026-02-10T00:00:00Z')
  await tenant.operate('POST', `/invoices/${id}/paid`, {})
  expect(await tenant.subscription()).toMatchObject({ state: 'active', periodStart: expect.stringContaining('2026-02-10') })
  expect(await tenant.invoices()).toHaveLength(2)
})

test('a failed payment makes it past due at once', async () => {
  const [{ id }] = await tenant.invoices()
  expect((await tenant.operate('POST', `/invoices/${id}/failed`, { reference: 'card 1' })).body).toMatchObject({
    state: 'sealed',
    failures: 1,
  })
  expect(await state()).toBe('past_due')
  expect(await until('2026-01-14T23:00:00Z')).toBe('past_due')
  expect(await until('2026-01-15T00:05:00Z')).toBe('paused')
})

test('whoever was to be paused before his period ended gets no other, however late somebody looks', async () => {
  const [{ id }] = await tenant.invoices()
  await tenant.operate('POST', `/invoices/${id}/failed`, {})
  expect(await until('2026-02-01T00:05:00Z')).toBe('paused')
  expect(await tenant.invoices()).toHaveLength(1)
})

test('a period that is paid goes on to its end, however old another debt is', async () => {
  const [{ id: january }] = await tenant.invoices()
  await until('2026-01-31T23:00:00Z')
  await tenant.operate('POST', `/invoices/${january}/paid`, {})
  await until('2026-02-01T00:05:00Z')
  const [, february] = await tenant.invoices()
  await tenant.ask('PUT', '/v1/subscription/add-ons/custom_domain', { charge: 'once' })
  await tenant.operate('POST', `/invoices/${february.id}/paid`, {})
  // The add-on was due on the 15th; fourteen days later is the 1st of March, the end of what is paid.
  expect(await until('2026-02-28T23:00:00Z')).toBe('past_due')
})

test('the same payment told twice is one; another outcome of a settled invoice is refused', async () => {
  const [{ id }] = await tenant.invoices()
  const tell = (name: string, reference: string) => tenant.operate('POST', `/invoices/${id}/${name}`, { reference })
  const first = await tell('paid', 'bank 1')
  expect((await tell('paid', 'bank 1')).body).toEqual(first.body)
  expect((await tell('failed', 'bank 1')).status).toBe(409)
  expect((await tell('void', 'bank 1')).status).toBe(409)
  expect((await events()).filter((type) => type === 'invoice.paid')).toHaveLength(1)
})

test('a waived invoice is owed by nobody any more', async () => {
  const [{ id }] = await tenant.invoices()
  await until('2026-01-15T00:05:00Z')
  expect((await tenant.operate('POST', `/invoices/${id}/void`, {})).body).toMatchObject({ state: 'void' })
  expect(await state()).toBe('active')
})
