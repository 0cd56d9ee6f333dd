import type { Pool } from 'pg'
import { deadLetters, queueSchema } from '../jobs/queue-names.ts'

export interface QueueState {
  readonly name: string
  /** Due, and not begun. */
  readonly waiting: number
  /** Not due yet; those that failed and are tried again among them. */
  readonly later: number
  readonly active: number
  /** Failed at least once, and not given up. */
  readonly retrying: number
  /** Within the last day. */
  readonly done: number
  /** Seconds that the oldest of those waiting has been due. */
  readonly oldestSeconds: number
}

/** Every queue of the installation, also those in which nothing is. */
export async function readQueues(pool: Pool): Promise<QueueState[]> {
  const { rows } = await pool.query<QueueState>(
    `select q.name,
            count(*) filter (where j.state < 'active' and j.start_after <= now())::int as waiting,
            count(*) filter (where j.state < 'active' and j.start_after > now())::int as later,
            count(*) filter (where j.state = 'active')::int as active,
            count(*) filter (where j.state < 'active' and j.retry_count > 0)::int as retrying,
            count(*) filter (where j.state = 'completed')::int as done,
            greatest(0, coalesce(extract(epoch from now() - min(j.start_after) filter (where j.state < 'active')), 0))::float8
              as "oldestSeconds"
       from ${queueSchema}.queue q left join ${queueSchema}.job_common j on j.name = q.name
      where q.name <> $1 group by q.name order by q.name`,
    [deadLetters],
  )
  return rows
}

export interface RecurringState {
  readonly kind: string
  /** Objects that it comes back to. */
  readonly objects: number
  readonly active: number
  /** Due, and not begun. */
  readonly overdue: number
  readonly oldestSeconds: number
}

/** Work that comes back, the outbox among it, by kind. A claim that ran out is due since then. */
export async function readRecurring(pool: Pool): Promise<RecurringState[]> {
  const { rows } = await pool.query<RecurringState>(
    `select kind, count(*)::int as objects, count(*) filter (where claimed_until > tenantry.clock())::int as active,
            count(*) filter (where ${isDue})::int as overdue,
            greatest(0, coalesce(extract(epoch from tenantry.clock() - min(least(due_at, claimed_until)) filter (where ${isDue})), 0))::float8
              as "oldestSeconds"
       from tenantry.work group by kind order by kind`,
  )
  return rows
}

const isDue = `(claimed_until is null and due_at <= tenantry.clock() or claimed_until <= tenantry.clock())`

export interface WaitingTenant {
  readonly tenantId: string
  readonly slug: string
  readonly seconds: number
}

/** Whose events wait longest to be told. */
export async function readLateOutboxes(pool: Pool, limit: number): Promise<WaitingTenant[]> {
  const { rows } = await pool.query<WaitingTenant>(
    `select w.tenant_id as "tenantId", t.slug,
            greatest(0, extract(epoch from tenantry.clock() - least(w.due_at, w.claimed_until)))::float8 as seconds
       from tenantry.work w join tenantry.tenants t on t.id = w.tenant_id
      where w.kind = 'outbox' order by least(w.due_at, w.claimed_until), w.tenant_id limit $1`,
    [limit],
  )
  return rows
}

export interface AppliedMigration {
  readonly source: string
  readonly name: string
  readonly appliedAt: string
  readonly milliseconds: number
  readonly contracts: boolean
}

/** The newest first. */
export async function readMigrations(pool: Pool): Promise<AppliedMigration[]> {
  const { rows } = await pool.query<AppliedMigration>(
    `select source, name, to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "appliedAt",
            duration_ms as milliseconds, contracts
       from tenantry.migrations order by applied_at desc, source, name`,
  )
  return rows
}

/** Where jobs of a tenant came to nothing: its slug, for whoever reads the list. */
export async function slugsOf(pool: Pool, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ id: string; slug: string }>(
    'select id, slug from tenantry.tenants where id = any($1::uuid[])',
    [ids],
  )
  return new Map(rows.map(({ id, slug }) => [id, slug]))
}
