import { entitlementsOfPlans } from 'tenantry/testing'
import { beforeAll, expect, test } from 'vitest'
import { plans } from './plans.ts'

let told: Awaited<ReturnType<typeof entitlementsOfPlans>>
beforeAll(async () => {
  told = await entitlementsOfPlans({ name: 'iiot', tiers: plans })
})

const counted = (name: string, max: number | null) => ({ name, max, kind: 'counted', mode: 'hard', period: null })
const monthly = (name: string, max: number | null) => ({ name, max, kind: 'metered', mode: 'hard', period: 'month' })

test.each([
  ['starter', [], 10, 5, 1_000_000, 9_900],
  ['professional', ['advanced_analytics', 'mobile'], 100, 20, 10_000_000, 29_900],
  ['enterprise', ['advanced_analytics', 'ml', 'mobile', 'retention'], null, null, null, 99_900],
])('[IIOT-13] a tenant on %s gets exactly what that plan sells', (plan, features, devices, users, points, cents) => {
  expect(told[plan]).toMatchObject({ plan: { key: plan, version: 1 }, features })
  expect(told[plan]?.limits).toEqual([counted('devices', devices), monthly('points', points), counted('users', users)])
  expect(plans[plan]?.prices).toEqual({ currency: 'USD', monthly: cents, yearly: cents * 12 })
})
