import { entitlementsOfPlans } from 'tenantry/testing'
import { beforeAll, expect, test } from 'vitest'
import { plans } from './plans.ts'

let told: Awaited<ReturnType<typeof entitlementsOfPlans>>
beforeAll(async () => {
  told = await entitlementsOfPlans({ name: 'vyomo', tiers: plans })
})

const gigabyte = 1_000_000_000

test.each([
  ['starter', 10, 10_000, 5 * gigabyte, 1_000, 'hard'],
  ['professional', 100, 100_000, 50 * gigabyte, 10_000, 'overage'],
  ['enterprise', 1_000, 1_000_000, 500 * gigabyte, 100_000, 'overage'],
  ['custom', 1_000, 1_000_000, 500 * gigabyte, 100_000, 'overage'],
])('[FIN-5] a tenant on %s gets exactly what that plan sells', (plan, users, calls, storage, transactions, mode) => {
  expect(told[plan]?.plan).toMatchObject({ key: plan, version: 1 })
  expect(told[plan]?.limits).toEqual([
    { name: 'api_calls', max: calls, kind: 'metered', mode: 'hard', period: 'month' },
    { name: 'storage', max: storage, kind: 'gauge', mode: 'hard', period: null },
    { name: 'transactions', max: transactions, kind: 'metered', mode, period: 'month' },
    { name: 'users', max: users, kind: 'counted', mode: 'hard', period: null },
  ])
})

test('[FIN-5] starter costs nothing for its 30 days, the next two so much a month, and custom is agreed', () => {
  const prices = Object.values(plans).map((plan) => plan.prices?.monthly)
  expect(prices).toEqual([0, 1_000_000, 10_000_000, undefined])
  expect(Object.values(plans).map(({ trialDays }) => trialDays)).toEqual([30, undefined, undefined, undefined])
})

test('[FIN-2] the largest plan has all seven features, and each smaller one some of those of the next', () => {
  expect(told.enterprise?.features).toHaveLength(7)
  expect(told.enterprise?.features).toEqual(expect.arrayContaining([...(told.professional?.features ?? [])]))
  expect(told.professional?.features).toEqual(expect.arrayContaining([...(told.starter?.features ?? [])]))
  expect(told.starter?.features).toEqual(['api_access', 'banking', 'trading'])
})
