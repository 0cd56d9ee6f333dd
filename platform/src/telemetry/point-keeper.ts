import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { keepPoints } from './keep-points.ts'
import { type Claim, claimPoints, postpone, remove } from './point-claims.ts'
import type { OpenPointStore } from './point-store.ts'
import { workKindOf } from './point-tables.ts'

export interface PointKeeperOptions {
  /** Of the directory role: claims across tenants. */
  readonly pool: Pool
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly stores: readonly OpenPointStore[]
  readonly logger: Logger
}

/** Milliseconds between two looks; a fifth more or less, so that nodes spread. */
const interval = 2_000
/** Tenants at a time: each holds one of the few connections for transactions. */
const concurrency = 2
const retryAfter = 30_000
/**
 * Milliseconds after the last work until a tenant's mark goes: longer than any transaction lasts, because one that found the mark
 * in its place may commit points after we looked.
 */
const patience = 300_000
const keeper = '00000000-0000-7000-8000-706f696e7473'

/** Brings rollups up to date and packs rows into chunks, each tenant in its own scope. One statement a look, whatever their number. */
export class PointKeeper {
  readonly #options: PointKeeperOptions
  readonly #stores: ReadonlyMap<string, OpenPointStore>
  readonly #abort = new AbortController()
  readonly #turns = new Set<Promise<void>>()
  #next: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(options: PointKeeperOptions) {
    this.#options = options
    this.#stores = new Map(options.stores.map((store) => [workKindOf(store), store]))
    this.#schedule(0)
  }

  /** Waits for the transactions under way; the rest is done later, by any node. */
  async close(): Promise<void> {
    this.#abort.abort()
    clearTimeout(this.#next)
    await this.#looking
    await Promise.all(this.#turns)
  }

  #schedule(pause: number): void {
    if (this.#abort.signal.aborted) return
    this.#next = setTimeout(() => {
      this.#looking = this.#look()
        .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'points that are due could not be found'))
        .finally(() => this.#schedule(interval * (0.8 + Math.random() * 0.4)))
    }, pause)
    this.#next.unref()
  }

  async #look(): Promise<void> {
    const places = concurrency - this.#turns.size
    if (places <= 0) return
    for (const claim of await claimPoints(this.#options.pool, [...this.#stores.keys()], places)) {
      const turn = this.#turn(claim).finally(() => this.#turns.delete(turn))
      this.#turns.add(turn)
    }
  }

  async #turn(claim: Claim): Promise<void> {
    const { pool, scope: open, logger } = this.#options
    const store = this.#stores.get(claim.kind)
    if (store === undefined) return
    const { tenantId } = claim
    const scope = open({ tenantId, actor: { kind: 'system', id: keeper }, origin: { requestId: 'points' } })
    try {
      const { worked, dueAt } = await keepPoints(scope, store, this.#abort.signal)
      if (dueAt !== null) await postpone(pool, claim, dueAt)
      else if (worked) await postpone(pool, claim, new Date(Date.now() + patience).toISOString())
      else await remove(pool, claim)
    } catch (error) {
      logger.warn({ err: error, tenant: tenantId }, 'points were not kept')
      await postpone(pool, claim, new Date(Date.now() + retryAfter).toISOString()).catch(() => undefined) // The claim runs out by itself.
    }
  }
}
