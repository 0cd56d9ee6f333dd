/** Milliseconds between two elections. */
const term = 60_000
/** Tenants that are counted within a term; those that come later are counted from the next one on. */
const mostCounted = 10_000

export interface BusiestTenantsOptions {
  /** How many are named at a time. */
  readonly most: number
  /** Told who is not named any more. */
  readonly onLeave: (tenantId: string) => void
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/**
 * Who is named in metrics: the tenants with the most requests, elected once a minute. The first ones are named at once, so a small
 * installation sees all of its tenants. What was asked for earlier counts half as much with each minute, so that nobody
 * comes and goes by one quiet minute.
 */
export class BusiestTenants {
  readonly #options: BusiestTenantsOptions
  readonly #now: () => number
  #counted = new Map<string, number>()
  #named = new Map<string, number>()
  #electedAt: number

  constructor(options: BusiestTenantsOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#electedAt = this.#now()
  }

  /** Counts a request, and answers whether its tenant is named. */
  count(tenantId: string): boolean {
    if (this.#now() - this.#electedAt >= term) this.#elect()
    const before = this.#counted.get(tenantId)
    if (before !== undefined || this.#counted.size < mostCounted) this.#counted.set(tenantId, (before ?? 0) + 1)
    if (this.#named.has(tenantId)) return true
    if (this.#named.size >= this.#options.most) return false
    this.#named.set(tenantId, 0)
    return true
  }

  #elect(): void {
    this.#electedAt = this.#now()
    const scores = new Map([...this.#named].map(([tenantId, score]) => [tenantId, score / 2]))
    for (const [tenantId, requests] of this.#counted) scores.set(tenantId, (scores.get(tenantId) ?? 0) + requests)
    const elected = [...scores].sort(([, a], [, b]) => b - a).slice(0, this.#options.most)
    const before = this.#named
    this.#named = new Map(elected)
    this.#counted = new Map()
    for (const tenantId of before.keys()) if (!this.#named.has(tenantId)) this.#options.onLeave(tenantId)
  }
}
