import type { Minor } from './money.ts'

/**
 * trialing -> active <-> past_due -> paused -> canceled; an unused trial -> expired. Whoever takes a plan again is active again.
 * The tenant of one that is paused, canceled or expired is read-only.
 */
export const subscriptionStates = ['trialing', 'active', 'past_due', 'paused', 'canceled', 'expired'] as const
export type SubscriptionState = (typeof subscriptionStates)[number]

export const billingIntervals = ['monthly', 'yearly'] as const
export type BillingInterval = (typeof billingIntervals)[number]

/** What was agreed when a plan was taken. */
export interface Terms {
  readonly plan: string
  readonly planVersion: number
  readonly interval: BillingInterval
  /** ISO 4217. */
  readonly currency: string
  /** Per interval. */
  readonly priceMinor: Minor
}

/** A row of `tenantry.subscriptions`. Times are RFC 3339. */
export interface Subscription extends Terms {
  readonly id: string
  readonly state: SubscriptionState
  /** Local time, `2026-01-31T00:00:00`. */
  readonly anchor: string
  readonly timeZone: string
  readonly periodStart: string
  readonly periodEnd: string
  /** End of the last month whose overage was reckoned. */
  readonly usageSealedUntil: string
  readonly trialEndsAt: string | null
  readonly cancelAt: string | null
  readonly endedAt: string | null
  /** What the next period begins with. */
  readonly pending: Terms | null
  readonly suspendedTenant: boolean
  readonly version: number
}

export const hasEnded = ({ state }: Pick<Subscription, 'state'>) => state === 'canceled' || state === 'expired'
/** Periods follow each other, and are charged. */
export const isRunning = ({ state }: Pick<Subscription, 'state'>) => state === 'active' || state === 'past_due'
