import { sql } from '../../isolation/statement.ts'
import type { TenantScope } from '../../isolation/tenant-scope.ts'
import type { OpenPointStore } from '../point-store.ts'
import { type Arrival, arrivalsStatement, longestOnItsWay, readArrival } from './arrivals.ts'

/** Somebody who listens to one parent. */
export interface Listener {
  readonly parentId: string
  readonly hear: (arrivals: readonly Arrival[]) => void
  readonly end: () => void
}

/** Packed rows of one poll; what is left comes with the next. */
const mostRows = 200
/** Milliseconds of failed polls after which listeners are sent away: they come back and resume. */
const patience = 5_000

/**
 * Listeners who may see the same rows: all of a tenant whose reach is everything, or those of one limited actor. One poll in
 * their own scope serves them, so what the database would not show them cannot reach them.
 */
export class Audience {
  readonly #scope: () => TenantScope
  readonly #store: OpenPointStore
  readonly #listeners = new Set<Listener>()
  /** Of rows that a later poll would meet again: when they were received, by id. */
  readonly #told = new Map<string, number>()
  #latest: number | undefined
  #isPolling = false
  #workedAt = performance.now()

  constructor(store: OpenPointStore, scope: () => TenantScope) {
    this.#store = store
    this.#scope = scope
  }

  get size(): number {
    return this.#listeners.size
  }

  join(listener: Listener): void {
    this.#listeners.add(listener)
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener)
  }

  async poll(): Promise<void> {
    if (this.#isPolling) return
    this.#isPolling = true
    try {
      await this.#look([...this.#listeners])
      this.#workedAt = performance.now()
    } catch {
      if (performance.now() - this.#workedAt > patience) for (const listener of this.#listeners) listener.end()
    } finally {
      this.#isPolling = false
    }
  }

  async #look(listeners: readonly Listener[]): Promise<void> {
    const parentIds = [...new Set(listeners.map(({ parentId }) => parentId))]
    const latest = this.#latest ?? null
    const after = sql`coalesce(to_timestamp(${latest}::float8 / 1000000), tenantry.clock()) - make_interval(secs => ${longestOnItsWay}::int)`
    const [visible, rows] = await this.#scope().batch([
      sql<{ id: string }>`select id from ${sql.identifier(this.#store.parent)} where id = any(${parentIds}::uuid[])`,
      arrivalsStatement(this.#store, parentIds, after, [...this.#told.keys()], mostRows),
    ])
    const arrivals = rows.map(readArrival)
    this.#remember(arrivals)
    const seen = new Set(visible.map(({ id }) => id))
    const byParent = Map.groupBy(arrivals, ({ parentId }) => parentId)
    for (const listener of listeners) {
      // Deleted, or no longer granted: the next request is told which.
      if (!seen.has(listener.parentId)) listener.end()
      else listener.hear(byParent.get(listener.parentId) ?? [])
    }
  }

  #remember(arrivals: readonly Arrival[]): void {
    for (const { id, receivedAt } of arrivals) {
      this.#told.set(id, receivedAt)
      this.#latest = Math.max(this.#latest ?? 0, receivedAt)
    }
    const forgotten = (this.#latest ?? 0) - longestOnItsWay * 1_000_000
    for (const [id, receivedAt] of this.#told) if (receivedAt <= forgotten) this.#told.delete(id)
  }
}
