import type { SystemDefinition, TierDefinition } from 'tenantry'

interface Figures {
  readonly leads: number | null
  readonly campaigns: number | null
  readonly agents: number | null
  readonly callsPerMinute: number
  /** Of 10^9 bytes. */
  readonly storageGigabytes: number
}

/** What a campaign service sells. */
export const plans: SystemDefinition['tiers'] = {
  basic: {
    title: 'Basic',
    features: [],
    limits: limitsOf({ leads: 1_000, campaigns: 5, agents: 2, callsPerMinute: 100, storageGigabytes: 1 }),
    selfService: true,
  },
  professional: {
    title: 'Professional',
    features: [],
    limits: limitsOf({ leads: 10_000, campaigns: 20, agents: 5, callsPerMinute: 500, storageGigabytes: 10 }),
    selfService: true,
  },
  enterprise: {
    title: 'Enterprise',
    features: [],
    limits: limitsOf({ leads: null, campaigns: null, agents: null, callsPerMinute: 2_000, storageGigabytes: 100 }),
  },
}

function limitsOf({ leads, campaigns, agents, callsPerMinute, storageGigabytes }: Figures): TierDefinition['limits'] {
  return {
    leads,
    campaigns,
    agents,
    api_calls_per_minute: { max: callsPerMinute, kind: 'rate', period: 'minute' },
    storage: { max: storageGigabytes * 1_000_000_000, kind: 'gauge' },
  }
}
