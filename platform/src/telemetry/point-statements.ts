import { type SqlFragment, sql } from '../isolation/statement.ts'
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

/** What a read hands over as rows. */
export const mostListed = 1_000

export function seriesStatement(store: PointStore, parentId: string, query: SeriesChoice): SqlFragment<Series> {
  return sql<Series>`select s.id, s.point_type, s.unit, s.name from ${sql.identifier(store.series)} s
    where ${seriesConditions(store, parentId, query)} order by s.id limit ${mostListed}::int`
}

/** The ids of all that were asked for, in one row. */
export function seriesIdsStatement(
  store: PointStore,
  parentId: string,
  query: SeriesChoice,
): SqlFragment<{ ids: readonly string[] }> {
  return sql`select coalesce(array_agg(s.id order by s.id), '{}') as ids from ${sql.identifier(store.series)} s
    where ${seriesConditions(store, parentId, query)}`
}

/** The policies name the tenant: so the statement is the same for everybody, and stays prepared. */
function seriesConditions(store: PointStore, parentId: string, query: SeriesChoice): SqlFragment {
  return sql.join(
    [
      sql`s.${sql.identifier(store.parentColumn)} = ${parentId}::uuid`,
      ...(query.pointTypes === undefined ? [] : [sql`s.point_type = any(${query.pointTypes}::text[])`]),
      ...(query.seriesIds === undefined ? [] : [sql`s.id = any(${query.seriesIds}::uuid[])`]),
    ],
    ' and ',
  )
}
