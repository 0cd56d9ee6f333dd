import { LRUCache } from 'lru-cache'
import { atMost } from '../bounded.ts'
import { isPromise } from '../http/eventual.ts'
import type { RateState } from '../http/pipeline.ts'
import { RateBuckets } from './rate-bucket.ts'
import { type RatePolicy, rateLimited } from './rate-limit.ts'

/** Requests that a node may let pass without asking again. */
export interface RateGrant {
  readonly granted: number
  /** What the bucket of all nodes still has. */
  readonly remaining: number
  /** Seconds until it has one more, and until it has all. */
  readonly retryAfter: number
  readonly fullIn: number
}

/** Takes up to `wanted` requests of a tenant from the bucket that all nodes share. */
export type LeaseRate = (tenantId: string, requests: number, wanted: number) => Promise<RateGrant>

export interface SharedRatesOptions {
  readonly policy: RatePolicy
  readonly lease: LeaseRate
  /** Seconds in which `requests` may come. */
  readonly window: number
  /** Milliseconds, monotonic. */
  readonly now?: () => number
}

/** A node takes this share of a window's requests at a time beside those that wait: 2,000 a minute are asked for about once a second. */
const leasesPerWindow = 50
/** Milliseconds after which what a node took and nobody asked for is forgotten: it was counted when it was taken. */
const leaseLife = 5_000
/** Tenants whose lease is remembered; forgetting one costs one question. */
const mostTenants = 20_000

interface Lease {
  left: number
  /** Monotonic milliseconds at which what is left is over. */
  until: number
  remaining: number
  fullIn: number
  /** Nothing is to be had before that moment, so nobody asks. */
  spentUntil: number
  waiting: number
  asking: Promise<void> | undefined
}

/**
 * A tenant's rate over all nodes. Each node takes some requests at a time from one bucket in the database and lets them pass without
 * asking; while nothing is to be had it refuses without asking, too. Without the database each node holds the rate by itself: comfort
 * fails soft.
 */
export class SharedRates {
  readonly #leases = new LRUCache<string, Lease>(atMost(mostTenants))
  readonly #options: SharedRatesOptions
  readonly #now: () => number
  readonly #alone: RateBuckets

  constructor(options: SharedRatesOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#alone = new RateBuckets(options.policy, { perSecond: 1, burst: 1 })
  }

  /**
   * Takes one of the tenant's `requests` per window; at once while the node has some.
   *
   * @throws rate_limited
   */
  take(tenantId: string, requests: number): RateState | Promise<RateState> {
    const { policy, window } = this.#options
    if (requests < 1) throw rateLimited({ policy, limit: 0, window, wait: window })
    const lease = this.#leaseOf(tenantId)
    return this.#fromLease(lease, requests) ?? this.#fromBucket(tenantId, lease, requests)
  }

  /** For a call that was not carried out. */
  giveBack(tenantId: string): void {
    const lease = this.#leases.peek(tenantId)
    if (lease === undefined || lease.until <= this.#now()) return
    lease.left += 1
    lease.spentUntil = 0
  }

  #leaseOf(tenantId: string): Lease {
    const known = this.#leases.get(tenantId)
    if (known !== undefined) return known
    const lease: Lease = { left: 0, until: 0, remaining: 0, fullIn: 0, spentUntil: 0, waiting: 0, asking: undefined }
    this.#leases.set(tenantId, lease)
    return lease
  }

  /** Undefined when the bucket has to be asked. */
  #fromLease(lease: Lease, requests: number): RateState | undefined {
    const { policy, window } = this.#options
    const now = this.#now()
    if (lease.left > 0 && now < lease.until) {
      lease.left -= 1
      const remaining = lease.left + lease.remaining
      return { policy, limit: requests, remaining, window, resetsIn: Math.ceil(lease.fullIn) }
    }
    if (now < lease.spentUntil) throw rateLimited({ policy, limit: requests, window, wait: (lease.spentUntil - now) / 1_000 })
    return undefined
  }

  async #fromBucket(tenantId: string, lease: Lease, requests: number): Promise<RateState> {
    lease.waiting += 1
    try {
      for (;;) {
        lease.asking ??= this.#ask(tenantId, lease, requests).finally(() => {
          lease.asking = undefined
        })
        try {
          await lease.asking
        } catch {
          return this.#alone.take(tenantId, { perSecond: requests / this.#options.window, burst: requests })
        }
        const state = this.#fromLease(lease, requests)
        if (state !== undefined) return state
      }
    } finally {
      lease.waiting -= 1
    }
  }

  async #ask(tenantId: string, lease: Lease, requests: number): Promise<void> {
    // Those who came at the same moment are asked for together.
    await Promise.resolve()
    const wanted = Math.min(requests, lease.waiting + Math.floor(requests / leasesPerWindow))
    const { granted, remaining, retryAfter, fullIn } = await this.#options.lease(tenantId, requests, wanted)
    const now = this.#now()
    lease.left = granted
    lease.until = now + leaseLife
    lease.remaining = remaining
    lease.fullIn = fullIn
    lease.spentUntil = granted < wanted ? now + retryAfter * 1_000 : 0
  }
}

/** The state, now or later, behind those that are known already. */
export function withShared(
  known: readonly RateState[],
  shared: RateState | Promise<RateState>,
): readonly RateState[] | Promise<readonly RateState[]> {
  return isPromise(shared) ? shared.then((state) => [...known, state]) : [...known, shared]
}
