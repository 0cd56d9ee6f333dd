import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { quarterOf } from './quarters.ts'

/**
 * The spans of a list of quarters (series_id, bucket). What lies less than a day apart is one span: its packed
 * rows are the same anyway, and each span is a walk along the index.
 */
export function spansOf(quarters: SqlFragment): SqlFragment {
  return sql`select min(bucket) as start_at, max(bucket) + interval '15 minutes' as end_at, false as whole from (
      select bucket, count(*) filter (where apart) over (order by bucket) as run from (
        select bucket, bucket - lag(bucket) over (order by bucket) > interval '1 day' as apart
        from (select distinct bucket from ${quarters}) buckets
      ) neighbours
    ) runs group by run`
}

/**
 * As `keptPoints`, of many spans in one walk, inside a statement that has made `wanted (id)`, the series;
 * `spans (start_at, end_at, whole)`, which do not overlap; and `stale (series_id, bucket)`, which of the points in spans that are
 * not `whole` are meant.
 *
 * `offset 0` makes the planner walk the index once per span: it does not know that spans are few and begins at the oldest row.
 */
export function keptInSpans(scope: TenantScope, store: PointStore, parentId: string): SqlFragment {
  const { points, parent } = tablesOf(store)
  return sql`select distinct on (series_id, at) series_id, at, value from (
      select p.series[point.slot] as series_id, point.at, point.value, p.received_at, p.id, point.place, spans.whole
      from spans cross join lateral (
          select p.* from ${points} p
          where ${ownRows(scope, undefined, 'p')} and p.${parent} = ${parentId}::uuid
            and p.last_at >= spans.start_at and p.first_at < spans.end_at and p.series && array(select id from wanted)
          offset 0
        ) p cross join unnest(p.slots, p.times, p."values") with ordinality as point (slot, at, value, place)
      where point.at >= spans.start_at and point.at < spans.end_at
    ) unpacked
    where series_id in (select id from wanted)
      and (whole or (series_id, ${quarterOf(sql`at`)}) in (select stale.series_id, stale.bucket from stale))
    order by series_id, at, received_at desc, id desc, place desc`
}
