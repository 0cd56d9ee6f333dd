import { sql } from '../isolation/statement.ts'
import type { HealthContributor } from './health.ts'

/** Percent of a limit. */
const nearly = 80
const all = 100

/** What exists, and what is metered in the period that is running. */
const uses = sql<{ name: string; percent: number }>`
  select l.name, (100.0 * u.used / greatest(l.max, 1))::float8 as percent
    from tenantry.limits l
    join (select name, used from tenantry.counters
          union all
          select meter, used from tenantry.quota_counters
           where period_start <= tenantry.clock() and period_end > tenantry.clock()) u on u.name = l.name
   where l.max is not null and u.used >= l.max * 0.8 and u.used > 0
   order by percent desc`

/** One reason for all limits of a state: a tenant has many, and its health is one. */
export const quotaHealth: HealthContributor = {
  name: 'quotas',
  assess: async (scope) => {
    const found = await scope.run(uses)
    const usedUp = found.filter(({ percent }) => percent >= all)
    const nearlyUsed = found.filter(({ percent }) => percent >= nearly && percent < all)
    const numbersOf = (some: typeof found) => Object.fromEntries(some.map(({ name, percent }) => [name, Math.round(percent)]))
    return [
      ...(usedUp.length === 0
        ? []
        : [
            {
              code: 'quota_used_up',
              state: 'critical' as const,
              message: 'Limits are used up (in percent): what comes next is refused or billed. A larger plan has more.',
              numbers: numbersOf(usedUp),
            },
          ]),
      ...(nearlyUsed.length === 0
        ? []
        : [
            {
              code: 'quota_nearly_used',
              state: 'warning' as const,
              message: 'Limits are nearly used up (in percent): see the forecast of usage, or take a larger plan in time.',
              numbers: numbersOf(nearlyUsed),
            },
          ]),
    ]
  },
}
