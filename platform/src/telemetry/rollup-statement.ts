import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { refreshedHours } from './hour-rollups.ts'
import { keptInSpans, spansOf } from './kept-in-spans.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { firstQuarter, instantLiteral, mostSummed, quarterOf } from './quarters.ts'
import { toldQuarters } from './told-quarters.ts'

/** Of packed rows one each, and of quarters: together what a statement does within a second. */
const marksAtOnce = 40
const quartersAtOnce = 5_000

/** Hours until what was received may become chunks, and a little more. See `compact-points.ts`. */
const compactionDue = sql`tenantry.clock() + interval '25 hours'`

/**
 * Takes due marks of one parent, computes their quarters anew from the points that count now, and with them their hours, and
 * counts the rows that compaction has to take up. Under the parent's lock: of two that computed the same quarter the older result would win.
 * What is stored and marked while it runs keeps its own mark, whose points this statement may or may not have seen.
 */
export function rollupStatement(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  dueBefore: SqlFragment,
): SqlFragment<{ marks: number }> {
  const { marks, rollups, days, series, parent } = tablesOf(store)
  const own = (alias: string) => ownRows(scope, undefined, alias)
  return sql<{ marks: number }>`with taken as (
      delete from ${marks} m where ${own('m')} and m.${parent} = ${parentId}::uuid and m.id = any(array(
        select id from (
          select due.id, sum(cardinality(due.slots)) over (order by due.due_at, due.id) - cardinality(due.slots) as before
          from ${marks} due where ${own('due')} and due.${parent} = ${parentId}::uuid and due.due_at <= ${dueBefore}
          order by due.due_at, due.id limit ${marksAtOnce}
        ) first where before < ${quartersAtOnce}))
      returning m.id, m.series, m.slots, m.buckets, m.counts, m.sums, m.mins, m.maxs, m.lasts, m.first_at, m.rows_added
    ),
    wanted as materialized (
      select s.id from ${series} s where ${own('s')} and s.${parent} = ${parentId}::uuid and s.id in (select unnest(taken.series) from taken)
    ),
    marked as materialized (
      select taken.id, taken.series[pair.slot] as series_id, pair.bucket, pair.count, pair.sum, pair.min, pair.max, pair.last
      from taken cross join unnest(taken.slots, taken.buckets, taken.counts, taken.sums, taken.mins, taken.maxs, taken.lasts)
        pair (slot, bucket, count, sum, min, max, last)
      where pair.bucket >= ${instantLiteral(firstQuarter)} and taken.series[pair.slot] in (select id from wanted)
    ),
    quarters as materialized (select distinct series_id, bucket from marked),
    ${toldQuarters(scope, store, parentId)},
    stale as materialized (
      select series_id, bucket from quarters where (series_id, bucket) not in (select told.series_id, told.bucket from told)
    ),
    spans as materialized (${spansOf(sql`stale`)}),
    kept as (${keptInSpans(scope, store, parentId)}),
    fresh as materialized (
      select series_id, ${quarterOf(sql`at`)} as bucket, count(*)::int as count,
        case when max(abs(value)) < ${mostSummed} then sum(value) filter (where abs(value) < ${mostSummed}) end as sum,
        min(value) as min, max(value) as max, (array_agg(value order by at desc))[1] as last
      from kept group by 1, 2
      union all select * from told
    ),
    emptied as (
      delete from ${rollups} r using quarters
      where ${own('r')} and r.series_id = quarters.series_id and r.bucket = quarters.bucket
        -- Hashed whatever the planner expects: as a join of two lists that it takes for one row each this was quadratic.
        and (quarters.series_id, quarters.bucket) not in (select fresh.series_id, fresh.bucket from fresh)
    ),
    rolled as (
      insert into ${rollups} as r (series_id, bucket, ${parent}, count, sum, min, max, last)
      select series_id, bucket, ${parentId}::uuid, count, sum, min, max, last from fresh order by series_id, bucket
      on conflict (tenant_id, series_id, bucket) do update
        set count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max, last = excluded.last
        where (r.count, r.sum, r.min, r.max, r.last)
          is distinct from (excluded.count, excluded.sum, excluded.min, excluded.max, excluded.last)
    ),
    ${refreshedHours(scope, store, parentId)},
    counted as (
      insert into ${days} as d (${parent}, day, loose_rows, due_at)
      select ${parentId}::uuid, (first_at at time zone 'UTC')::date, sum(rows_added), ${compactionDue}
      from taken where rows_added > 0 group by 2 order by 2
      on conflict (tenant_id, ${parent}, day) do update
        set loose_rows = d.loose_rows + excluded.loose_rows, due_at = coalesce(d.due_at, excluded.due_at)
    )
    select (select count(*)::int from taken) as marks`
}
