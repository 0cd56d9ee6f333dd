import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { changingPeriodOf, type PeriodChange } from '../periods/changing-periods.ts'
import type { PeriodInterval } from '../periods/period.ts'
import type { LimitKind, LimitMode, LimitPeriod } from '../system.ts'
import type { Growth } from './growth.ts'
import { type Quota, quotaOf } from './quota.ts'

/** When a tenant's periods begin, and what time it is by the clock that decides. */
export interface PeriodFacts {
  readonly now: string
  readonly changes: readonly Omit<PeriodChange, 'interval'>[]
}

/** `now`, for whoever reads several things of one moment; `changes` never empty. */
const periodFacts = sql<PeriodFacts>`
  select tenantry.clock() as now, coalesce((
      select jsonb_agg(jsonb_build_object('since', case when isfinite(r.since) then r.since end,
          'anchor', to_char(r.anchor, 'YYYY-MM-DD"T"HH24:MI:SS.US'), 'timeZone', r.time_zone) order by r.since)
        from tenantry.period_rules r where r.tenant_id = t.tenant_id),
      jsonb_build_array(jsonb_build_object('since', null, 'anchor', '2000-01-01T00:00:00', 'timeZone', t.time_zone))) as changes
    from tenantry.tenants t`

/** The period at the facts' moment. */
export function periodAt(
  { now, changes }: PeriodFacts,
  interval: PeriodInterval,
): { readonly start: string; readonly end: string } {
  return changingPeriodOf(
    changes.map((change) => ({ ...change, interval })),
    now,
  )
}

export interface MeterFacts extends PeriodFacts {
  /** Null where the tenant has no such limit. */
  readonly kind: LimitKind | null
  readonly period: LimitPeriod | null
}

export async function readMeter(scope: TenantScope, meter: string): Promise<MeterFacts> {
  const [[facts], [limit]] = await scope.batch([
    periodFacts,
    sql<{ kind: LimitKind; period: LimitPeriod | null }>`select kind, period from tenantry.limits where name = ${meter}`,
  ])
  if (facts === undefined) throw new Error('The tenant of the scope has no row.')
  return { ...facts, kind: limit?.kind ?? null, period: limit?.period ?? null }
}

/** A quota with the rule by which it grows, if there is one. */
export interface ListedQuota extends Quota {
  readonly growth: Growth | null
}

interface QuotaRow {
  readonly meter: string
  readonly kind: LimitKind
  readonly mode: LimitMode
  readonly period: LimitPeriod | null
  readonly max: number | null
  readonly used: number
  readonly reserved: number
  readonly growth: Growth | null
}

/** Holds that expired count no longer, whether anybody has taken them off since or not. */
const quotaRows = sql<QuotaRow>`
  select l.name as meter, l.kind, l.mode, l.period, tenantry.max_now(l.tenant_id, l.name, l.max, l.until) as max,
      coalesce(q.used, c.used, 0) as used,
      coalesce(q.reserved - (
        select coalesce(sum(r.quantity), 0) from tenantry.quota_reservations r
         where r.tenant_id = l.tenant_id and r.meter = l.name and r.period_start = q.period_start
           and r.state = 'held' and r.expires_at <= clock.now), 0)::bigint as reserved,
      (select jsonb_build_object('step', g.step, 'ceiling', g.ceiling) from tenantry.quota_growth g
        where g.tenant_id = l.tenant_id and g.name = l.name) as growth
    from tenantry.limits l cross join (select tenantry.clock() as now) clock
    left join tenantry.quota_counters q on q.tenant_id = l.tenant_id and q.meter = l.name and l.kind = 'metered'
      and q.period_start <= clock.now and q.period_end > clock.now
    left join tenantry.counters c on c.tenant_id = l.tenant_id and c.name = l.name and l.kind <> 'metered'`

export async function listQuotas(scope: TenantScope): Promise<ListedQuota[]> {
  const [[facts], rows] = await scope.batch([periodFacts, sql<QuotaRow>`${quotaRows} order by l.name`])
  return rows.map((row) => withPeriod(row, facts as PeriodFacts))
}

export async function findQuota(scope: TenantScope, meter: string): Promise<ListedQuota | undefined> {
  const [[facts], [row]] = await scope.batch([periodFacts, sql<QuotaRow>`${quotaRows} where l.name = ${meter}`])
  return row === undefined ? undefined : withPeriod(row, facts as PeriodFacts)
}

function withPeriod({ growth, ...row }: QuotaRow, facts: PeriodFacts): ListedQuota {
  const interval = row.kind === 'metered' ? intervalOf(row.period) : undefined
  const { start, end } = interval === undefined ? { start: null, end: null } : periodAt(facts, interval)
  return { ...quotaOf({ ...row, periodStart: start, resetsAt: end }), growth }
}

/** Of what is metered; minutes and seconds are periods of rates. */
export function intervalOf(period: LimitPeriod | null): PeriodInterval | undefined {
  return period === 'month' || period === 'day' || period === 'hour' ? period : undefined
}
