import { entitlementsOfPlans } from 'tenantry/testing'
import { beforeAll, expect, test } from 'vitest'
import { plans } from './plans.ts'

let told: Awaited<ReturnType<typeof entitlementsOfPlans>>
beforeAll(async () => {
  told = await entitlementsOfPlans({ name: 'swarm', tiers: plans })
})

const gigabyte = 1_000_000_000
const counted = (name: string, max: number | null) => ({ name, max, kind: 'counted', mode: 'hard', period: null })

test.each([
  ['basic', 1_000, 5, 2, 100, gigabyte],
  ['professional', 10_000, 20, 5, 500, 10 * gigabyte],
  ['enterprise', null, null, null, 2_000, 100 * gigabyte],
])('[CRM-6] a tenant on %s gets exactly what that plan sells', (plan, leads, campaigns, agents, calls, storage) => {
  expect(told[plan]?.plan).toMatchObject({ key: plan, version: 1 })
  expect(told[plan]?.limits).toEqual([
    counted('agents', agents),
    { name: 'api_calls_per_minute', max: calls, kind: 'rate', mode: 'hard', period: 'minute' },
    counted('campaigns', campaigns),
    counted('leads', leads),
    { name: 'storage', max: storage, kind: 'gauge', mode: 'hard', period: null },
    counted('users', null),
  ])
})

test('[CRM-6] whoever names no plan gets basic', () => {
  expect(Object.keys(plans)[0]).toBe('basic')
})
