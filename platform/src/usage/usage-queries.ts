import { type SqlFragment, sql } from '../isolation/statement.ts'
import { tenantIs } from '../isolation/tenant-literal.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { DaySpan } from './day-span.ts'
import type { LoggedUsage } from './usage-event.ts'

export interface UsageFilter {
  readonly meter?: string | undefined
  /** RFC 3339, of when it happened; `from` counts itself in, `to` does not. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Where the page before ended. */
export interface UsagePosition {
  readonly receivedAt: string
  readonly key: string
}

export interface DailyUsage {
  readonly meter: string
  readonly day: string
  readonly quantity: number
}

export interface DailyLevel {
  readonly name: string
  readonly day: string
  /** At the end of the day, or as last seen today. */
  readonly level: number
  readonly highest: number
}

export interface UsageTotal {
  readonly meter: string
  readonly quantity: number
  /** What of it belongs to periods that were sealed before it came. */
  readonly adjustments: number
}

/** The log, what was received last first. */
export function loggedUsage(
  scope: TenantScope,
  { meter, from, to }: UsageFilter,
  after: UsagePosition | undefined,
  limit: number,
) {
  const conditions: SqlFragment[] = [tenantIs(scope)]
  if (meter !== undefined) conditions.push(sql`meter = ${meter}`)
  // Nothing is received more than 5 minutes before it happens: the months before are not looked at.
  if (from !== undefined)
    conditions.push(sql`at >= ${from}::timestamptz and received_at >= ${from}::timestamptz - interval '5 minutes'`)
  if (to !== undefined) conditions.push(sql`at < ${to}::timestamptz`)
  if (after !== undefined) conditions.push(sql`(received_at, key) < (${after.receivedAt}::timestamptz, ${after.key})`)
  return sql<LoggedUsage>`select key, meter, quantity, at, received_at, counted_at, adjusts, corrects, description, dimensions
    from tenantry.usage_events where ${sql.join(conditions, ' and ')}
    order by received_at desc, key desc limit ${limit}::int`
}

/**
 * What quotas admitted, by meter and day. A meter that was reported as well in the quota's period is told by its reports and not twice:
 * the same rule by which it is billed.
 */
export function admittedDays(scope: TenantScope, { from, to }: DaySpan, meter?: string) {
  return sql<DailyUsage>`select q.meter, q.day, q.quantity from tenantry.quota_days q
    join tenantry.quota_counters c on ${tenantIs(scope, 'c')} and c.meter = q.meter and c.period_start = q.period_start
    where ${tenantIs(scope, 'q')} and q.day between ${from}::date and ${to}::date and (${meter ?? null}::text is null or q.meter = ${meter ?? null})
      and not exists (select from tenantry.usage_hours u
        where ${tenantIs(scope, 'u')} and u.meter = q.meter and u.hour >= q.period_start and u.hour < c.period_end)`
}

/** Days on which nothing was used have no row. */
export function dailyUsage(scope: TenantScope, { from, to }: DaySpan, meter?: string) {
  return sql<DailyUsage>`select meter, day::text, sum(quantity)::bigint as quantity from (
      select meter, day, quantity from tenantry.usage_days
        where ${tenantIs(scope)} and day between ${from}::date and ${to}::date and (${meter ?? null}::text is null or meter = ${meter ?? null})
      union all ${admittedDays(scope, { from, to }, meter)}) used
    group by meter, used.day
    order by used.day, meter`
}

/** Every day since the first that was seen: one that nobody looked at is as the day before. */
export function dailyLevels(scope: TenantScope, { from, to }: DaySpan, name?: string) {
  return sql<DailyLevel>`select n.name, d.day::date::text as day, l.level, case when l.day = d.day then l.highest else l.level end as highest
    from (select distinct name from tenantry.usage_levels where ${tenantIs(scope)} and (${name ?? null}::text is null or name = ${name ?? null})) n
    cross join generate_series(${from}::date, least(${to}::date, (select (tenantry.clock() at time zone time_zone)::date from tenantry.tenants)),
      interval '1 day') d(day)
    cross join lateral (select u.day, u.level, u.highest from tenantry.usage_levels u
      where ${tenantIs(scope, 'u')} and u.name = n.name and u.day <= d.day order by u.day desc limit 1) l
    order by 2, 1`
}

/**
 * What counts in [from, to), by meter, to the event. Whole hours come from their sums, the two ends from the log, so that a period
 * may begin at any second. What the platform counts itself has no log: of it an hour counts where it begins.
 */
export function usageTotals(scope: TenantScope, { from, to }: { readonly from: string; readonly to: string }) {
  return sql<UsageTotal>`with span as (
      select f, t, case when date_trunc('hour', f, 'UTC') = f then f else date_trunc('hour', f, 'UTC') + interval '1 hour' end as first_hour,
        date_trunc('hour', t, 'UTC') as end_hour
      from (select ${from}::timestamptz as f, ${to}::timestamptz as t) asked
    ), counted as (
      select u.meter, u.quantity, 0 as adjusted from tenantry.usage_hours u, span
        where ${tenantIs(scope, 'u')} and u.hour >= first_hour
          and (u.hour < end_hour or (u.meter = any (tenantry.platform_meters()) and u.hour < t))
      union all
      select e.meter, e.quantity, 0 from tenantry.usage_events e, span
        where ${tenantIs(scope, 'e')} and e.counted_at >= f and e.counted_at < least(t, first_hour)
          and e.received_at >= f - interval '5 minutes'
      union all
      select e.meter, e.quantity, 0 from tenantry.usage_events e, span
        where ${tenantIs(scope, 'e')} and e.counted_at >= greatest(end_hour, first_hour) and e.counted_at < t
          and e.received_at >= f - interval '5 minutes'
      union all
      select e.meter, 0, e.quantity from tenantry.usage_events e, span
        where ${tenantIs(scope, 'e')} and e.adjusts is not null and e.counted_at >= f and e.counted_at < t
          and e.received_at >= f - interval '5 minutes'
    )
    select meter, sum(quantity)::bigint as quantity, sum(adjusted)::bigint as adjustments from counted group by meter order by meter`
}

/** Answers whether the period was open until now. */
export function sealUsage({ start, end }: { readonly start: string; readonly end: string }) {
  return sql<{ sealed: boolean }>`select tenantry.seal_usage(${start}::timestamptz, ${end}::timestamptz) as sealed`
}
