import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { spansOf } from './kept-in-spans.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'

/**
 * `told`: the quarters whose rollup is the sum of what marks say their rows add up to, so that nothing has to be unpacked. That is
 * so where every row that reaches into the quarter left such a mark, and no two of them reach into each other, for then no point
 * is there twice. Asked of the rows that are there now: a row that was packed or cut since is not the one that left the mark.
 *
 * For a statement that has made `marked (id, series_id, bucket, count, sum, min, max, last)` and `quarters`, each of its quarters once.
 */
export function toldQuarters(scope: TenantScope, store: PointStore, parentId: string): SqlFragment {
  const { points, parent } = tablesOf(store)
  return sql`reach as materialized (${spansOf(sql`quarters`)}),
    near as materialized (
      select distinct on (p.id) p.* from reach cross join lateral (
        select p.id, p.first_at, p.last_at, p.series from ${points} p
        where ${ownRows(scope, undefined, 'p')} and p.${parent} = ${parentId}::uuid
          and p.last_at >= reach.start_at and p.first_at < reach.end_at
        offset 0
      ) p order by p.id
    ),
    -- Rows and marks below one another and grouped: the planner takes either list for one row, and would compare each with each.
    told as materialized (
      select series_id, bucket, sum(count)::int as count, case when bool_or(sum = 'NaN') is not true then sum(nullif(sum, 'NaN')) end as sum,
        min(min) as min, max(max) as max, (array_agg(last order by first_at desc) filter (where count is not null))[1] as last
      from (
        select quarters.series_id, quarters.bucket, true as reaches, near.first_at <= lag(near.last_at) over (
            partition by quarters.series_id, quarters.bucket order by near.first_at, near.last_at) as reaches_back,
          null::int as count, null::float8 as sum, null::float8 as min, null::float8 as max, null::float8 as last, null::timestamptz as first_at
        from quarters join near on near.last_at >= quarters.bucket and near.first_at < quarters.bucket + interval '15 minutes'
          and quarters.series_id = any(near.series)
        union all
        select series_id, bucket, null, null, count, sum, min, max, last, near.first_at from marked join near using (id)
        where count is not null and near.last_at >= bucket and near.first_at < bucket + interval '15 minutes'
      ) rows_and_marks
      group by series_id, bucket having count(reaches) = count(count) and bool_or(reaches_back) is not true
    )`
}
