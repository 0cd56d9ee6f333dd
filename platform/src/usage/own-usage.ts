import { setTimeout as sleep } from 'node:timers/promises'
import type { Identified, Outcome } from '../http/pipeline.ts'
import type { Route } from '../http/route.ts'
import { sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { Problem } from '../problems/problem.ts'
import { uncountedCalls } from '../quotas/routes.ts'

/** Milliseconds until what was counted of a tenant is written: at least, and by chance as much more, so that tenants do not come together. */
const soonest = 1_000
const spread = 4_000
/** Writings in a row that may fail before what they were to write is given up. */
const patience = 5
/** Milliseconds that a stop waits for the last writing: without a database each tenant's would take seconds. */
const lastPatience = 2_000
/** Who writes, in the audit's words. */
const recorder = { kind: 'system', id: '00000000-0000-7000-8000-757361676573' } as const

export interface OwnUsageOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly onFailure: (error: unknown) => void
}

interface Pending {
  calls: number
  /** Writings in a row that failed. */
  failures: number
  readonly timer: NodeJS.Timeout
}

/**
 * Counts API calls and writes their sums: one statement per tenant that was active and none for the others. A request never waits for
 * it, and what a killed process had counted in its last seconds is gone; quotas that have to be exact are taken elsewhere.
 */
export class OwnUsage {
  readonly #options: OwnUsageOptions
  /** Of tenants that were active since their last writing. */
  readonly #pending = new Map<string, Pending>()
  readonly #writing = new Set<Promise<void>>()
  #closed = false

  constructor(options: OwnUsageOptions) {
    this.#options = options
  }

  settle(route: Route, { tenant, principal }: Identified, { status }: Outcome): void {
    if (tenant !== undefined && countsAsCall(route, principal.kind, status)) this.note(tenant.id, 1)
  }

  note(tenantId: string, calls: number): void {
    if (!this.#closed) this.#add(tenantId, calls, 0)
  }

  /** Writes what was counted until now. */
  async flush(): Promise<void> {
    for (const tenantId of [...this.#pending.keys()]) this.#begin(tenantId)
    await Promise.all(this.#writing)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.race([this.flush(), sleep(lastPatience, undefined, { ref: false })])
  }

  #add(tenantId: string, calls: number, failures: number): void {
    const pending = this.#pending.get(tenantId)
    if (pending === undefined) {
      const timer = setTimeout(() => this.#begin(tenantId), soonest + Math.random() * spread).unref()
      this.#pending.set(tenantId, { calls, failures, timer })
    } else {
      pending.calls += calls
      pending.failures = Math.max(pending.failures, failures)
    }
  }

  #begin(tenantId: string): void {
    const writing = this.#write(tenantId).finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }

  async #write(tenantId: string): Promise<void> {
    const pending = this.#pending.get(tenantId)
    if (pending === undefined) return
    clearTimeout(pending.timer)
    this.#pending.delete(tenantId)
    const { calls, failures } = pending
    try {
      await this.#options
        .scope({ tenantId, actor: recorder })
        .run(sql`select tenantry.add_usage(array['api_calls'], ${[calls]}::bigint[])`, { lane: 'write' })
    } catch (error) {
      this.#options.onFailure(error)
      // What may have been written is not written again: rather too few than too many.
      const isUnknown = error instanceof Problem && error.code === 'outcome_unknown'
      if (!isUnknown && !this.#closed && failures + 1 < patience) this.#add(tenantId, calls, failures + 1)
    }
  }
}

/** Calls by key, refused for their rate not: portal sessions and operators cost their tenant nothing. */
function countsAsCall(route: Route, kind: Identified['principal']['kind'], status: number): boolean {
  return kind === 'key' && status !== 429 && !uncountedCalls.has(route)
}
