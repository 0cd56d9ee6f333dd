import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BilledTenant, type BillingBench, billingBench } from '../billing/billing.test-support.ts'
import { sql } from '../isolation/statement.ts'
import { maintain } from './maintain.ts'
import { ChangePruner } from './prune.ts'

let bench: BillingBench

beforeAll(async () => {
  bench = await billingBench()
})
afterAll(() => bench?.close())

async function round() {
  const { adminUrl, directoryUrl } = bench.database
  const failures: unknown[] = []
  const report = await maintain('full', {
    adminUrl,
    directoryUrl,
    changes: new ChangePruner(),
    onFailure: (step, error) => failures.push([step, error]),
  })
  expect(failures).toEqual([])
  return report
}
/** As a tenant is that was made before there were subscriptions. */
const withoutSubscription = ({ scope }: BilledTenant) => scope.run(sql`delete from tenantry.subscriptions`)

test('a tenant from before there were subscriptions gets the one it would begin with, and a trial that begins now', async () => {
  await bench.at('2026-05-01T09:00:00Z')
  const [older, newer, agreed, archived] = [
    await bench.tenant(),
    await bench.tenant(),
    await bench.tenant({ tier: 'professional' }),
    await bench.tenant(),
  ]
  for (const tenant of [older, agreed, archived]) await withoutSubscription(tenant)
  await archived.operate('POST', '/archive', { reason: 'Gone' })
  const before = await newer.subscription()
  await bench.at('2026-09-10T12:00:00Z')
  expect((await round())?.subscriptionsBegun).toBe(2)
  expect(await older.subscription()).toMatchObject({
    plan: 'starter',
    planVersion: 1,
    state: 'trialing',
    trialEndsAt: expect.stringMatching(/^2026-10-10T12:00:/),
  })
  expect(await agreed.subscription()).toMatchObject({ plan: 'professional', state: 'active', priceMinor: 1_000_000 })
  expect((await newer.subscription()).id).toBe(before.id)
  expect((await round())?.subscriptionsBegun).toBe(0)
  // It is billed from now on, and not for the time before.
  await agreed.work()
  expect(await agreed.invoices()).toMatchObject([{ kind: 'period', subtotalMinor: 1_000_000 }])
})
