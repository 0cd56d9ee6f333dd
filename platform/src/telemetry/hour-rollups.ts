import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import type { PointStore } from './point-store.ts'
import { type PointTables, tablesOf } from './point-tables.ts'

/** Whether an instant lies on a day, UTC. */
export function onDay(instant: SqlFragment, day: SqlFragment): SqlFragment {
  return sql`${instant} >= ${day}::timestamp at time zone 'UTC' and ${instant} < (${day} + 1)::timestamp at time zone 'UTC'`
}

/**
 * The hours of each day in which the statement computed quarters: from those, `fresh`, and from the rollups that it leaves as they are.
 * For a statement that has made `quarters (series_id, bucket)`, all that it computed, and `fresh`, those that are not empty.
 */
export function refreshedHours(scope: TenantScope, store: PointStore, parentId: string): SqlFragment {
  const tables = tablesOf(store)
  return sql`days as materialized (select distinct series_id, (bucket at time zone 'UTC')::date as day from quarters),
    day_quarters as (
      select r.* from days cross join lateral (
        select days.day, r.series_id, r.bucket, r.count, r.sum, r.min, r.max, r.last from ${tables.rollups} r
        where ${ownRows(scope, undefined, 'r')} and r.series_id = days.series_id and ${onDay(sql`r.bucket`, sql`days.day`)}
        offset 0
      ) r
      where (r.series_id, r.bucket) not in (select quarters.series_id, quarters.bucket from quarters)
      union all
      select (bucket at time zone 'UTC')::date, series_id, bucket, count, sum, min, max, last from fresh
    ),
    ${storedHours(scope, tables, parentId)}`
}

/**
 * Writes the hours of `days (series_id, day)` as they follow from `day_quarters (day, series_id, bucket, count, …, last)`, all that
 * those days have; a day without any goes.
 */
export function storedHours(scope: TenantScope, { hours, parent }: PointTables, parentId: string): SqlFragment {
  return sql`hourly as materialized (
      select series_id, day, extract(hour from bucket at time zone 'UTC')::int as hour, sum(count)::int as count,
        case when count(sum) = count(*) then sum(sum) else 'NaN' end as sum, min(min) as min, max(max) as max,
        (array_agg(last order by bucket desc))[1] as last
      from day_quarters group by 1, 2, 3
    ),
    packed_hours as (
      select series_id, day, array_agg(count order by hour) as counts, array_agg(sum order by hour) as sums,
        array_agg(min order by hour) as mins, array_agg(max order by hour) as maxs,
        array_agg(last order by hour) as lasts
      from (
        select distinct on (series_id, day, hour) * from (
          select * from hourly
          union all select each.series_id, each.day, place, 0, 0, 0, 0, 0 from (select distinct series_id, day from hourly) each, generate_series(0, 23) place
        ) filled order by series_id, day, hour, count desc
      ) whole
      group by series_id, day
    ),
    emptied_days as (
      delete from ${hours} h using days where ${ownRows(scope, undefined, 'h')} and h.series_id = days.series_id and h.day = days.day
        and (days.series_id, days.day) not in (select hourly.series_id, hourly.day from hourly)
    ),
    stored_hours as (
      insert into ${hours} as h (series_id, day, ${parent}, counts, sums, mins, maxs, lasts)
      select series_id, day, ${parentId}::uuid, counts, sums, mins, maxs, lasts from packed_hours order by series_id, day
      on conflict (tenant_id, series_id, day) do update
        set counts = excluded.counts, sums = excluded.sums, mins = excluded.mins, maxs = excluded.maxs, lasts = excluded.lasts
        where (h.counts, h.sums, h.mins, h.maxs, h.lasts)
          is distinct from (excluded.counts, excluded.sums, excluded.mins, excluded.maxs, excluded.lasts)
    )`
}
