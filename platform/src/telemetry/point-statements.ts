import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { formatInstant } from './instant.ts'
import type { PointQuery } from './point-query.ts'
import type { PointStore, Series } from './point-store.ts'

type SeriesChoice = Pick<PointQuery, 'pointTypes' | 'seriesIds'>

export function parentStatement(store: PointStore, parentId: string): SqlFragment<{ timeZone: string }> {
  return sql<{
    timeZone: string
  }>`select ${zoneOf(store)} as time_zone from ${sql.identifier(store.parent)} parent where id = ${parentId}::uuid`
}

/** The parent's zone, for a statement in which it is called `parent`. */
export function zoneOf(store: PointStore): SqlFragment {
  return store.timeZoneColumn === undefined ? sql`'UTC'` : sql.identifier('parent', store.timeZoneColumn)
}

export function seriesStatement(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  query: SeriesChoice,
): SqlFragment<Series> {
  return sql<Series>`select s.id, s.point_type, s.unit, s.name from ${sql.identifier(store.series)} s
    where ${seriesConditions(scope, store, parentId, query)} order by s.id limit 1000`
}

/** The ids of all that were asked for, in one row. */
export function seriesIdsStatement(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  query: SeriesChoice,
): SqlFragment<{ ids: readonly string[] }> {
  return sql`select coalesce(array_agg(s.id order by s.id), '{}') as ids from ${sql.identifier(store.series)} s
    where ${seriesConditions(scope, store, parentId, query)}`
}

/**
 * The points of a span, each series and time once: of those that were sent twice the one received last. Not in any order.
 * The span's packed rows are found by index, then unpacked. Which of two points of one time counts is asked only where there can be
 * two: a row that runs forward, or the chunks of one compaction, among whose times no other row has any, is read as it is. To look
 * for pairs all points are sorted, which is most of what reading them costs.
 */
export function keptPoints(scope: TenantScope, store: PointStore, parentId: string, query: PointQuery): SqlFragment {
  const start = sql`${formatInstant(query.start)}::timestamptz`
  const end = sql`${formatInstant(query.end)}::timestamptz`
  const wanted = sql`array(select s.id from ${sql.identifier(store.series)} s where ${seriesConditions(scope, store, parentId, query)})`
  // The planner takes few rows for a year's and few points for a row's, and would sort them all on disk where a hash of their windows
  // does: `coalesce` keeps it from guessing how many are meant, the series of one row below has it expect a thousand times as many.
  const meant = sql`coalesce(at >= ${start} and at < ${end} and series_id = any((select ids from wanted)::uuid[]), false)`
  // `&&` spares the unpacking of chunks that hold other series.
  return sql`with wanted as materialized (select ${wanted} as ids),
    near as materialized (
      select p.*, coalesce(p.chunk_of, p.id) as lot from ${sql.identifier(store.points)} p, generate_series(1, (select 1)) many
      where ${ownRows(scope, undefined, 'p')} and p.${sql.identifier(store.parentColumn)} = ${parentId}::uuid
        and p.last_at >= ${start} and p.first_at < ${end} and p.series && (select ids from wanted)
    ),
    alone as materialized (
      select lot from (
        select lot, rising and (max(last_at) over before < first_at) is not false and (min(first_at) over behind > last_at) is not false as alone
        from (select lot, bool_and(rising) as rising, min(first_at) as first_at, max(last_at) as last_at from near group by lot) lots
        window before as (order by first_at, lot rows between unbounded preceding and 1 preceding),
          behind as (order by first_at, lot rows between 1 following and unbounded following)
      ) judged where alone
    )
    select series_id, at, value from (
      select series[slot] as series_id, at, value from (
        select near.series, unnest(near.slots) as slot, unnest(near.times) as at, unnest(near."values") as value
        from near where near.lot in (select lot from alone)
      ) unpacked
    ) read_as_it_is where ${meant}
    union all
    select * from (
      select distinct on (series_id, at) series_id, at, value from (
        select near.series[point.slot] as series_id, point.at, point.value, near.received_at, near.id, point.place
        from near cross join unnest(near.slots, near.times, near."values") with ordinality as point (slot, at, value, place)
        where near.lot not in (select lot from alone)
      ) unpacked
      where ${meant}
      order by series_id, at, received_at desc, id desc, place desc
    ) judged`
}

export function seriesConditions(scope: TenantScope, store: PointStore, parentId: string, query: SeriesChoice): SqlFragment {
  return sql.join(
    [
      ownRows(scope, undefined, 's'),
      sql`s.${sql.identifier(store.parentColumn)} = ${parentId}::uuid`,
      ...(query.pointTypes === undefined ? [] : [sql`s.point_type = any(${query.pointTypes}::text[])`]),
      ...(query.seriesIds === undefined ? [] : [sql`s.id = any(${query.seriesIds}::uuid[])`]),
    ],
    ' and ',
  )
}
