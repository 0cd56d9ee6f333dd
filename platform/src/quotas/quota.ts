import type { LimitKind, LimitMode, LimitPeriod } from '../system.ts'

/** A limit and how far it is used at this moment. */
export interface Quota {
  /** The limit's name: `api_calls`, `users`. */
  readonly meter: string
  readonly kind: LimitKind
  readonly mode: LimitMode
  /** Null for what has no period. */
  readonly period: LimitPeriod | null
  /** Null is unlimited. */
  readonly max: number | null
  readonly unlimited: boolean
  /** Null where nothing is counted: rates, days of retention. */
  readonly used: number | null
  /** Held by reservations that have not expired. */
  readonly reserved: number
  /** What may still be taken; 0 and up. Null where it is unlimited or nothing is counted. */
  readonly available: number | null
  /** Of `max`, used and reserved; above 100 where more was let through. Null where `available` is. */
  readonly percentage: number | null
  /** RFC 3339; null for what has no period. */
  readonly periodStart: string | null
  /** RFC 3339: when the next period begins. */
  readonly resetsAt: string | null
}

/** A quota's numbers as the database tells them. */
export interface QuotaFigures extends Pick<Quota, 'meter' | 'kind' | 'mode' | 'period' | 'max' | 'periodStart' | 'resetsAt'> {
  readonly used: number
  readonly reserved: number
}

const uncounted: ReadonlySet<LimitKind> = new Set(['rate', 'retention'])

export function quotaOf({ used, reserved, ...told }: QuotaFigures): Quota {
  const taken = used + reserved
  const unlimited = told.max === null
  const counts = !uncounted.has(told.kind)
  const bounded = told.max !== null && counts
  return {
    ...told,
    unlimited,
    used: counts ? used : null,
    reserved,
    available: bounded ? Math.max(0, (told.max ?? 0) - taken) : null,
    percentage: bounded ? percentageOf(taken, told.max ?? 0) : null,
  }
}

/** Of nothing, nothing is 0 percent used and anything more than all of it. */
function percentageOf(taken: number, max: number): number {
  return max === 0 ? (taken > 0 ? 100 : 0) : Math.round((taken / max) * 1_000) / 10
}
