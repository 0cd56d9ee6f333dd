import { LRUCache } from 'lru-cache'
import { atMost } from '../bounded.ts'
import type { RateState } from '../http/pipeline.ts'
import { type RateLimit, type RatePolicy, rateLimited } from './rate-limit.ts'

const microsecondsPerSecond = 1_000_000

export interface RateBucketOptions {
  /** Buckets kept; default 100,000. */
  readonly buckets?: number
  /** Microseconds, monotonic. */
  readonly now?: () => number
}

interface Bucket {
  /** Microseconds. */
  fullAgainAt: number
  /** Microseconds after which one more request passes: of the limit that it was last asked under. */
  interval: number
}

/**
 * Rate buckets in this process by GCRA: what counts of a bucket is the time at which it is full again. Bounded: forgetting the least recently used bucket forgives that caller, it never blocks one.
 */
export class RateBuckets {
  readonly #buckets: LRUCache<string, Bucket>
  readonly #policy: RatePolicy
  readonly #limit: RateLimit
  readonly #now: () => number

  /** `limit` is for callers that have none of their own. */
  constructor(policy: RatePolicy, limit: RateLimit, options: RateBucketOptions = {}) {
    this.#buckets = new LRUCache(atMost(options.buckets ?? 100_000))
    this.#policy = policy
    this.#limit = limit
    this.#now = options.now ?? monotonicMicroseconds
  }

  /**
   * Takes one request. `key` is a tenant id, or led by one, or an id that we made, or an address: never text that a user chose.
   *
   * @throws rate_limited with `retryAfter` in whole seconds.
   */
  take(key: string, limit: RateLimit = this.#limit): RateState {
    const now = this.#now()
    const interval = intervalOf(limit)
    const tolerance = interval * limit.burst
    const window = Math.ceil(tolerance / microsecondsPerSecond)
    const bucket = this.#bucketOf(key, interval, now)
    // What a larger limit allowed makes no debt under a smaller one.
    const ahead = Math.min(Math.max(0, bucket.fullAgainAt - now), tolerance) + interval
    if (ahead > tolerance) {
      const wait = (ahead - tolerance) / microsecondsPerSecond
      throw rateLimited({ policy: this.#policy, limit: limit.burst, window, wait })
    }
    bucket.fullAgainAt = now + ahead
    return {
      policy: this.#policy,
      limit: limit.burst,
      remaining: Math.floor((tolerance - ahead) / interval),
      window,
      resetsIn: Math.ceil(ahead / microsecondsPerSecond),
    }
  }

  /** Takes one back: for what costs its caller only if it turns out to be in vain, or not at all. */
  giveBack(key: string, limit: RateLimit = this.#limit): void {
    const bucket = this.#buckets.peek(key)
    if (bucket !== undefined) bucket.fullAgainAt -= intervalOf(limit)
  }

  #bucketOf(key: string, interval: number, now: number): Bucket {
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = { fullAgainAt: 0, interval }
      this.#buckets.set(key, bucket)
    } else if (bucket.interval !== interval) {
      // The limit was changed: as many requests are taken as before.
      bucket.fullAgainAt = now + (Math.max(0, bucket.fullAgainAt - now) / bucket.interval) * interval
      bucket.interval = interval
    }
    return bucket
  }
}

/** Microseconds after which one more request passes. */
function intervalOf({ perSecond }: RateLimit): number {
  return Math.max(1, Math.round(microsecondsPerSecond / perSecond))
}

function monotonicMicroseconds(): number {
  return Math.floor(performance.now() * 1_000)
}
