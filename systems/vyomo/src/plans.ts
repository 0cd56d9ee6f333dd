import type { SystemDefinition, TierDefinition } from 'tenantry'

interface Figures {
  readonly users: number
  readonly apiCalls: number
  /** Of 10^9 bytes. */
  readonly storageGigabytes: number
  readonly transactions: number
  /** On trial nothing is billed, so nothing can go over. */
  readonly beyond: 'hard' | 'overage'
}

const enterprise: Figures = { users: 1_000, apiCalls: 1_000_000, storageGigabytes: 500, transactions: 100_000, beyond: 'overage' }
/**
 * `api_access` and `white_label` are the platform's: its routes ask for them, because these plans sell them. The others are asked for by
 * the routes of this system, which come with it: until then they are sold and gate nothing.
 */
const everything = [
  'api_access',
  'banking',
  'blockchain_audit',
  'custom_dashboards',
  'ml_predictions',
  'trading',
  'white_label',
] as const

/** What a white-labelled trading and banking service sells; calls, transactions and prices are per month. */
export const plans: SystemDefinition['tiers'] = {
  starter: {
    title: 'Starter',
    features: ['api_access', 'banking', 'trading'],
    limits: limitsOf({ users: 10, apiCalls: 10_000, storageGigabytes: 5, transactions: 1_000, beyond: 'hard' }),
    prices: rupees(0),
    trialDays: 30,
    selfService: true,
  },
  professional: {
    title: 'Professional',
    features: ['api_access', 'banking', 'custom_dashboards', 'ml_predictions', 'trading'],
    limits: limitsOf({ users: 100, apiCalls: 100_000, storageGigabytes: 50, transactions: 10_000, beyond: 'overage' }),
    prices: rupees(10_000),
    selfService: true,
  },
  enterprise: { title: 'Enterprise', features: everything, limits: limitsOf(enterprise), prices: rupees(100_000) },
  // Figures and price are agreed with each customer, by overrides, beginning with those of enterprise.
  custom: { title: 'Custom', features: everything, limits: limitsOf(enterprise) },
}

function limitsOf({ users, apiCalls, storageGigabytes, transactions, beyond }: Figures): TierDefinition['limits'] {
  return {
    users,
    api_calls: { max: apiCalls, kind: 'metered', period: 'month' },
    storage: { max: storageGigabytes * 1_000_000_000, kind: 'gauge' },
    transactions: { max: transactions, kind: 'metered', period: 'month', mode: beyond },
  }
}

function rupees(monthly: number) {
  return { currency: 'INR', monthly: monthly * 100, yearly: monthly * 100 * 12 }
}
