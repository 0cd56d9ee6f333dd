import { sql } from '../isolation/statement.ts'
import { type RecurringDefinition, recurring } from '../jobs/recurring.ts'

/** Seconds between two looks at a tenant. */
const interval = 3_600

/**
 * Notes how much a tenant has, so that each day of it is kept: what is counted, what was admitted of what is metered, members who
 * are active, bytes of its rows. Comes once an hour from a tenant's first activity on.
 */
export const measureUsage: RecurringDefinition = recurring({
  name: 'usage.measure',
  // Rows are counted meanwhile, in the lane that large reads share.
  concurrency: 2,
  handle: async ({ scope }) => {
    const storage = await scope.first(sql<{ bytes: number }>`select tenantry.estimate_storage() as bytes`, { lane: 'slow' })
    await scope.run(
      sql`select tenantry.note_levels(array_agg(name), array_agg(level)) from (select name, max(level) as level from (
        select c.name, c.used as level from tenantry.counters c
          where not exists (select from tenantry.limits l where l.name = c.name and l.kind <> 'counted')
        union all
        select q.meter, q.used from tenantry.quota_counters q where q.period_start <= tenantry.clock() and tenantry.clock() < q.period_end
        union all
        select 'active_members', count(*) from tenantry.members where last_active_at > tenantry.clock() - interval '30 days'
        union all
        select 'storage', ${storage?.bytes ?? 0}::bigint) looked group by name) seen`,
      { lane: 'write' },
    )
    return interval * (0.9 + Math.random() * 0.2)
  },
})
