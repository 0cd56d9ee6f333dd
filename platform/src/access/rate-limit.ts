import { problems } from '../problems/catalogue.ts'
import type { Problem } from '../problems/problem.ts'

export interface RateLimit {
  /** Requests a second, in the long run. */
  readonly perSecond: number
  /** Requests that may come at once after a pause. */
  readonly burst: number
}

/** Whose rate it is; what the `RateLimit` headers call it. */
export type RatePolicy = 'address' | 'key' | 'person' | 'tenant'

/** As many at once as in the whole second. */
export const perSecond = (requests: number): RateLimit => ({ perSecond: requests, burst: requests })
/** As many at once as in the whole hour. */
export const perHour = (requests: number): RateLimit => ({ perSecond: requests / 3_600, burst: requests })

/** A rate that is spent, as its problem and the `RateLimit` headers tell it. */
export interface SpentRate {
  readonly policy: RatePolicy
  /** Requests per window. */
  readonly limit: number
  /** Seconds. */
  readonly window: number
  /** Seconds until one more request passes. */
  readonly wait: number
}

/** `rate_limited` with `retryAfter` in whole seconds, at least one: nobody is to come back at once. */
export function rateLimited({ policy, limit, window, wait }: SpentRate): Problem {
  const retryAfter = Math.max(1, Math.ceil(wait))
  return problems.rate_limited(`More requests than this ${policy} may send; wait ${retryAfter} s.`, {
    policy,
    limit,
    window,
    retryAfter,
  })
}
