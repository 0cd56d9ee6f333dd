import { entitlementsOfPlans } from 'tenantry/testing'
import { beforeAll, expect, test } from 'vitest'
import { plans } from './plans.ts'

let told: Awaited<ReturnType<typeof entitlementsOfPlans>>
beforeAll(async () => {
  told = await entitlementsOfPlans({ name: 'securenet', tiers: plans })
})

const gigabyte = 1_000_000_000

test.each([
  ['free', 0, 5, 10, gigabyte, 1_000, 100, 30, 'basic'],
  ['pro', 29_900, 50, 100, 10 * gigabyte, 10_000, 1_000, 90, 'standard'],
  ['business', 79_900, 500, 1_000, 100 * gigabyte, 100_000, 10_000, 365, 'advanced'],
  ['enterprise', 199_900, 1_000, 5_000, 500 * gigabyte, 500_000, 50_000, 730, 'enterprise'],
  ['msp', 299_900, 1_000, 10_000, 1_000 * gigabyte, 1_000_000, 100_000, 730, 'enterprise'],
])(
  '[SEC-3] a tenant on %s gets exactly what that plan sells',
  (plan, cents, users, devices, storage, calls, alerts, days, level) => {
    expect(told[plan]).toMatchObject({ plan: { key: plan, version: 1 }, values: { security_level: level } })
    expect(told[plan]?.limits).toEqual([
      { name: 'alerts', max: alerts, kind: 'metered', mode: 'soft', period: 'month' },
      { name: 'api_calls', max: calls, kind: 'metered', mode: 'hard', period: 'month' },
      { name: 'devices', max: devices, kind: 'counted', mode: 'hard', period: null },
      { name: 'retention_days', max: days, kind: 'retention', mode: 'hard', period: null },
      { name: 'storage', max: storage, kind: 'gauge', mode: 'hard', period: null },
      { name: 'users', max: users, kind: 'counted', mode: 'hard', period: null },
    ])
    expect(plans[plan]?.prices).toEqual({ currency: 'USD', monthly: cents, yearly: cents * 12 })
  },
)

test('[SEC-3] only an MSP resells', () => {
  const reselling = Object.entries(told).filter(([, { features }]) => features.includes('reselling'))
  expect(reselling.map(([plan]) => plan)).toEqual(['msp'])
})
