import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { ScopeOptions, TenantScope } from '../../isolation/tenant-scope.ts'
import type { OpenPointStore } from '../point-store.ts'
import { InfluxStatement } from './influx-statement.ts'

export interface ErasedTenantsOptions {
  /** Of the directory role, which may read who was erased. */
  readonly pool: Pool
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly stores: readonly OpenPointStore[]
  readonly logger: Logger
}

const interval = 60_000
/** Days back that a node looks when it starts: longer than one is down. What is gone already costs a question. */
const lookBack = 90
const eraser = '00000000-0000-7000-8000-657261736572'

/** Erasure empties PostgreSQL and leaves a tombstone; by it each node sees to it that InfluxDB forgets the tenant, too. */
export class ErasedTenants {
  readonly #options: ErasedTenantsOptions
  #after: string | undefined
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(options: ErasedTenantsOptions) {
    this.#options = options
  }

  /** Looks now and every minute. */
  start(): void {
    const next = () => {
      this.#looking = this.look().catch((error: unknown) =>
        this.#options.logger.warn({ err: error }, 'points of erased tenants are still in InfluxDB'),
      )
    }
    next()
    this.#timer = setInterval(next, interval).unref()
  }

  /** Takes away what erased tenants measured. One that fails, and those after it, are tried again with the next look. */
  async look(): Promise<void> {
    const { pool, scope: open, stores } = this.#options
    const { rows } = await pool.query<{ tenantId: string; erasedAt: string }>(
      `select tenant_id as "tenantId", erased_at::text as "erasedAt" from tenantry.tombstones
       where erased_at > coalesce($1::timestamptz, tenantry.clock() - make_interval(days => $2::int)) order by erased_at`,
      [this.#after ?? null, lookBack],
    )
    for (const { tenantId, erasedAt } of rows) {
      const scope = open({ tenantId, actor: { kind: 'system', id: eraser } })
      for (const store of stores) {
        await Array.fromAsync(store.influx?.query([InfluxStatement.delete(scope, store, {})]) ?? [])
      }
      this.#after = erasedAt
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }
}
