import { sql } from '../isolation/statement.ts'
import { tenantIs } from '../isolation/tenant-literal.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Quota } from '../quotas/quota.ts'
import type { QuotaService } from '../quotas/quotas.ts'
import { dayAfter, todayOf } from './day-span.ts'
import { admittedDays } from './usage-queries.ts'

/** A tenant in a few numbers; those of 30 days end now. */
export interface Analytics {
  readonly users: number
  /** Members who did something in the last 30 days. */
  readonly activeUsers30d: number
  readonly signIns30d: number
  readonly calls30d: number
  /** Of the meter `transactions`; of what quotas admitted and nobody reported, by whole days. */
  readonly transactions30d: number
  /** Of the tenant's rows, as last estimated; null until then. */
  readonly storage: { readonly bytes: number; readonly day: string } | null
  /** Every limit, and how far it is used. */
  readonly quotas: readonly Quota[]
}

export async function readAnalytics(scope: TenantScope, quotas: Pick<QuotaService, 'list'>): Promise<Analytics> {
  const used = (meter: string) => sql`coalesce((select sum(h.quantity) from tenantry.usage_hours h
    where ${tenantIs(scope, 'h')} and h.meter = ${meter} and h.hour > tenantry.clock() - interval '30 days'), 0)::bigint`
  const { today } = await todayOf(scope)
  const taken = sql`coalesce((select sum(quantity) from (${admittedDays(scope, { from: dayAfter(today, -29), to: today }, 'transactions')}) a), 0)::bigint`
  const [numbers] = await scope.run(
    sql<Omit<Analytics, 'quotas'>>`select
      (select count(*)::int from tenantry.members) as users,
      (select count(*)::int from tenantry.members where last_active_at > tenantry.clock() - interval '30 days') as active_users30d,
      ${used('sign_ins')} as sign_ins30d, ${used('api_calls')} as calls30d, ${used('transactions')} + ${taken} as transactions30d,
      (select jsonb_build_object('bytes', level, 'day', day) from tenantry.usage_levels where name = 'storage' order by day desc limit 1) as storage`,
    { lane: 'slow' },
  )
  if (numbers === undefined) throw new Error('A select of numbers answered no row.')
  return { ...numbers, quotas: await quotas.list(scope) }
}
