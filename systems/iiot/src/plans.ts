import type { SystemDefinition } from 'tenantry'

/** A month's telemetry points; a batch that does not fit is refused whole. */
const points = (max: number | null) => ({ max, kind: 'metered', period: 'month' }) as const
const dollars = (monthly: number) => ({ currency: 'USD', monthly: monthly * 100, yearly: monthly * 100 * 12 })

/** What an industrial IoT service sells: devices and people are counted, points are metered. */
export const plans: SystemDefinition['tiers'] = {
  starter: {
    title: 'Starter',
    features: [],
    limits: { devices: 10, users: 5, points: points(1_000_000) },
    prices: dollars(99),
    selfService: true,
  },
  professional: {
    title: 'Professional',
    features: ['advanced_analytics', 'mobile'],
    limits: { devices: 100, users: 20, points: points(10_000_000) },
    prices: dollars(299),
    selfService: true,
  },
  enterprise: {
    title: 'Enterprise',
    features: ['advanced_analytics', 'ml', 'mobile', 'retention'],
    limits: { devices: null, users: null, points: points(null) },
    prices: dollars(999),
  },
}
