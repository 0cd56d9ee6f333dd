import { LRUCache } from 'lru-cache'
import { atMost } from '../bounded.ts'

/** What one tenant asked of a node within a span. */
export interface Consumption {
  readonly tenantId: string
  readonly requests: number
  /** Of the requests: those that a rate or a quota refused. */
  readonly refused: number
  /** For how long connections to PostgreSQL worked for it, added up. */
  readonly databaseMilliseconds: number
}

export type ConsumptionMeasure = 'requests' | 'databaseMilliseconds'

/** What tenants asked of this node within the last minutes. */
export interface RecentConsumption {
  /** Milliseconds since the epoch at which the span began: five to ten minutes ago, or the start of the node. */
  readonly since: number
  /** The greatest first. */
  readonly top: readonly Consumption[]
}

/** Milliseconds. The span that is told is the one under way and the whole one before it. */
const span = 5 * 60_000
/** Tenants that are told apart within a span; of more, those that have been quiet longest are forgotten, and they are not at the top. */
const mostTenants = 10_000

interface Counts {
  requests: number
  refused: number
  databaseMilliseconds: number
}

interface Span {
  readonly since: number
  readonly tenants: LRUCache<string, Counts>
}

/** Counts in the process who takes how much of this node, for the one question of who is taking it all. Nothing is kept. */
export class Consumers {
  readonly #now: () => number
  #current: Span
  #before: Span | undefined

  /** `now` in milliseconds since the epoch. */
  constructor(now: () => number = Date.now) {
    this.#now = now
    this.#current = spanFrom(now())
  }

  noteRequest(tenantId: string, status: number): void {
    const counts = this.#countsOf(tenantId)
    counts.requests += 1
    if (status === 429) counts.refused += 1
  }

  noteDatabaseTime(tenantId: string, milliseconds: number): void {
    this.#countsOf(tenantId).databaseMilliseconds += milliseconds
  }

  top(by: ConsumptionMeasure, limit: number): RecentConsumption {
    this.#turn()
    const sums = new Map<string, Counts>()
    for (const { tenants } of [this.#current, ...(this.#before === undefined ? [] : [this.#before])]) {
      for (const [tenantId, counts] of tenants) sums.set(tenantId, sum(sums.get(tenantId), counts))
    }
    const all = [...sums].map(([tenantId, counts]): Consumption => ({ tenantId, ...counts }))
    return {
      since: (this.#before ?? this.#current).since,
      top: all.sort((a, b) => b[by] - a[by]).slice(0, limit),
    }
  }

  #countsOf(tenantId: string): Counts {
    this.#turn()
    const known = this.#current.tenants.get(tenantId)
    if (known !== undefined) return known
    const counts = { requests: 0, refused: 0, databaseMilliseconds: 0 }
    this.#current.tenants.set(tenantId, counts)
    return counts
  }

  #turn(): void {
    const now = this.#now()
    if (now - this.#current.since < span) return
    this.#before = now - this.#current.since < 2 * span ? this.#current : undefined
    this.#current = spanFrom(now)
  }
}

function spanFrom(since: number): Span {
  return { since, tenants: new LRUCache(atMost(mostTenants)) }
}

function sum(before: Counts | undefined, { requests, refused, databaseMilliseconds }: Counts): Counts {
  return {
    requests: (before?.requests ?? 0) + requests,
    refused: (before?.refused ?? 0) + refused,
    databaseMilliseconds: (before?.databaseMilliseconds ?? 0) + databaseMilliseconds,
  }
}
