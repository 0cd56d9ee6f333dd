import type { DetailedLimit, LimitKind, LimitMode, LimitPeriod, PlanValue } from '../system.ts'

export type Offer = 'plan' | 'add_on'

/** A limit with everything said: what `DetailedLimit` leaves open is filled in when a plan is published. */
export interface PublishedLimit {
  /** Null is unlimited. */
  readonly max: number | null
  readonly kind: LimitKind
  readonly mode: LimitMode
  readonly period: LimitPeriod | null
}

/** In whole minor units; null for what cannot be had in that way. */
export interface Prices {
  /** ISO 4217. */
  readonly currency: string
  readonly monthly: number | null
  readonly yearly: number | null
}

/** What a version of a plan gives, as it is stored. */
export interface PlanContent {
  readonly title: string
  readonly features: readonly string[]
  readonly limits: Readonly<Record<string, PublishedLimit>>
  readonly values: Readonly<Record<string, PlanValue>>
  /** Null where it is agreed with each customer. */
  readonly prices: Prices | null
  /** Null for none. */
  readonly trialDays: number | null
  /** Whether whoever signs up may choose it by himself. */
  readonly selfService: boolean
}

/** What a version of an add-on gives, as it is stored. */
export interface AddOnContent {
  readonly title: string
  readonly features: readonly string[]
  /** On top of the plan's; null lifts the limit. */
  readonly limits: Readonly<Record<string, { readonly max: number | null }>>
  readonly prices: Prices & { readonly once: number | null }
}

/** Something that was published: it never changes once somebody has it. Times are RFC 3339. */
interface Version<Kind extends Offer, Content> {
  readonly system: string
  readonly kind: Kind
  readonly key: string
  /** From 1. */
  readonly version: number
  readonly content: Content
  readonly publishedAt: string
  /** When the first tenant got it. */
  readonly soldAt: string | null
}
export type PlanVersion = Version<'plan', PlanContent>
export type AddOnVersion = Version<'add_on', AddOnContent>

/** `DetailedLimit` and its short forms, with everything said. */
export function published(limit: number | null | DetailedLimit): PublishedLimit {
  if (limit === null || typeof limit === 'number') return { max: limit, kind: 'counted', mode: 'hard', period: null }
  return { max: limit.max, kind: limit.kind, mode: limit.mode ?? 'hard', period: limit.period ?? null }
}
