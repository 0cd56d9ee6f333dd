import type { Pool } from 'pg'

export interface OutboxBacklog {
  /** Tenants in whose outbox something is still to be told, now or after a subscriber's back-off. */
  readonly waitingTenants: number
  /** Seconds since which the one that waits longest has been due; 0 when none is. */
  readonly oldestSeconds: number
}

/** `pool`: of the directory role. A claim that ran out is due since then. */
export async function readOutboxBacklog(pool: Pool): Promise<OutboxBacklog> {
  const { rows } = await pool.query<OutboxBacklog>(
    `select count(*)::int as "waitingTenants",
            greatest(0, coalesce(extract(epoch from tenantry.clock() - min(least(due_at, claimed_until))), 0))::float8 as "oldestSeconds"
       from tenantry.work where kind = 'outbox'`,
  )
  return rows[0] as OutboxBacklog
}
