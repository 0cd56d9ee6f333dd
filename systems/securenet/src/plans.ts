import type { SystemDefinition, TierDefinition } from 'tenantry'

/** What differs from plan to plan; the rest is the same for all. */
interface Figures {
  readonly title: string
  /** US dollars a month. */
  readonly price: number
  readonly users: number
  readonly devices: number
  /** Of 10^9 bytes. */
  readonly storageGigabytes: number
  readonly apiCalls: number
  readonly alerts: number
  readonly retentionDays: number
  /** What the plan allows at most, and a tenant gets unless it chooses a lower one. */
  readonly securityLevel: 'basic' | 'standard' | 'advanced' | 'enterprise'
  readonly features?: readonly string[]
}

/** What a security monitoring service sells, directly and through MSPs. Only `msp` owns tenants and resells. */
export const plans: SystemDefinition['tiers'] = {
  free: plan({
    title: 'Free',
    price: 0,
    users: 5,
    devices: 10,
    storageGigabytes: 1,
    apiCalls: 1_000,
    alerts: 100,
    retentionDays: 30,
    securityLevel: 'basic',
  }),
  pro: plan({
    title: 'Professional',
    price: 299,
    users: 50,
    devices: 100,
    storageGigabytes: 10,
    apiCalls: 10_000,
    alerts: 1_000,
    retentionDays: 90,
    securityLevel: 'standard',
  }),
  business: plan({
    title: 'Business',
    price: 799,
    users: 500,
    devices: 1_000,
    storageGigabytes: 100,
    apiCalls: 100_000,
    alerts: 10_000,
    retentionDays: 365,
    securityLevel: 'advanced',
  }),
  enterprise: plan({
    title: 'Enterprise',
    price: 1_999,
    users: 1_000,
    devices: 5_000,
    storageGigabytes: 500,
    apiCalls: 500_000,
    alerts: 50_000,
    retentionDays: 730,
    securityLevel: 'enterprise',
  }),
  msp: plan({
    title: 'MSP',
    price: 2_999,
    users: 1_000,
    devices: 10_000,
    storageGigabytes: 1_000,
    apiCalls: 1_000_000,
    alerts: 100_000,
    retentionDays: 730,
    securityLevel: 'enterprise',
    features: ['reselling'],
  }),
}

function plan({ title, price, features = [], ...figures }: Figures): TierDefinition {
  return {
    title,
    features,
    limits: {
      users: figures.users,
      devices: figures.devices,
      storage: { max: figures.storageGigabytes * 1_000_000_000, kind: 'gauge' },
      api_calls: { max: figures.apiCalls, kind: 'metered', period: 'month' },
      // Never dropped: an alert beyond the limit is stored, shown and told of.
      alerts: { max: figures.alerts, kind: 'metered', period: 'month', mode: 'soft' },
      retention_days: { max: figures.retentionDays, kind: 'retention' },
    },
    values: { security_level: figures.securityLevel },
    prices: { currency: 'USD', monthly: price * 100, yearly: price * 100 * 12 },
    selfService: price < 1_000,
  }
}
