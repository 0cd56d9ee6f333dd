import type { Directory } from '../directory/directory.ts'
import type { CheckState, ReadinessChecks } from '../http/health.ts'
import type { Report } from '../isolation/doctor/report.ts'

export interface ReadinessOptions {
  readonly directory: Directory
  /** The doctor's report from the start, while there is one. */
  readonly report: () => Report | undefined
  /** Seconds that the outbox is behind; absent where this node tells nobody. */
  readonly outboxSeconds?: (() => Promise<number>) | undefined
}

/** Seconds behind which the outbox's subscribers have stopped, or cannot follow. */
const outboxPatience = 60

/** Days of partitions made ahead below which somebody should look why the maintenance worker makes none. */
const fewDaysAhead = 14

/** What `/readyz` asks. A node that cannot check keys answers nothing right, so a stale directory is a failure. */
export function readinessChecks({ directory, report, outboxSeconds }: ReadinessOptions): ReadinessChecks {
  return {
    database: async (): Promise<CheckState> => {
      await directory.pool.query('select 1')
      return 'ok'
    },
    directory: () => (directory.isFresh() ? 'ok' : 'failed'),
    isolation: () => (report()?.verdict === 'clean' ? 'ok' : 'weak'),
    partitions: () => partitionsAhead(directory),
    ...(outboxSeconds && { outbox: async (): Promise<CheckState> => ((await outboxSeconds()) > outboxPatience ? 'weak' : 'ok') }),
  }
}

/** The upper bound of each parent's last partition, from its definition: `FOR VALUES FROM (…) TO ('2026-12-01 00:00:00+00')`. */
async function partitionsAhead({ pool }: Directory): Promise<CheckState> {
  const { rows } = await pool.query<{ state: CheckState | null }>(
    `select case when min(last) < clock_timestamp() then 'failed'
                 when min(last) < clock_timestamp() + make_interval(days => $1) then 'weak' else 'ok' end as state
       from (select max(substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \\(''([^'']+)''')::timestamptz) as last
               from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
              where p.relnamespace = to_regnamespace('tenantry') and p.relkind = 'p' group by p.oid) as parents`,
    [fewDaysAhead],
  )
  return rows[0]?.state ?? 'ok'
}
