import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Aggregate, WindowQuery } from './point-query.ts'
import { keptPoints, zoneOf } from './point-statements.ts'
import type { PointStore } from './point-store.ts'
import { hasHours, holdsHours, instantLiteral } from './quarters.ts'
import { hourColumns, partsOf, rolledColumns } from './rolled-windows.ts'
import type { Window } from './window.ts'

const expressions: Readonly<Record<Aggregate, SqlFragment>> = {
  min: sql`min(value)`,
  max: sql`max(value)`,
  mean: sql`avg(value)`,
  sum: sql`sum(value)`,
  count: sql`count(*)`,
  last: sql`(array_agg(value order by at desc))[1]`,
  p95: sql`percentile_cont(0.95) within group (order by value)`,
}

export type WindowRow = { readonly seriesId: string; readonly time: string } & { readonly [A in Aggregate]?: number }

/** From rollups where they can answer, else from points: the same rows, sums and means to the rounding of float8. */
export function windowStatement(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  query: WindowQuery,
): SqlFragment<WindowRow> {
  const columns = rolledColumns(query)
  if (columns === undefined) return windowsFromPoints(scope, store, parentId, query)
  const hours = sql`(select even from place)`
  // Windows of an hour are the hours themselves, where all of them are whole ones.
  const areHours = query.window.minutes === 60 && hasHours(query)
  const options = areHours ? { hours, hoursApart: true } : holdsHours(query.window) ? { hours } : {}
  const apart = sql`union all select series_id, at, ${sql.join(hourColumns(query))} from whole_hours`
  // Grouped apart from the order: asked for both at once the planner sorts every part, on disk, to spare itself a hash.
  return sql<WindowRow>`with place as materialized (${placeOf(store, parentId, query)}),
    ${partsOf(scope, store, parentId, query, options)},
    grouped as materialized (
      select series_id, ${startOf(query.window)} as time, ${sql.join(columns)}
      from parts, place group by 1, 2
    )
    select * from (select * from grouped ${areHours ? apart : sql``}) windows order by series_id, time`
}

export function windowsFromPoints(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  query: WindowQuery,
): SqlFragment<WindowRow> {
  const columns = query.aggregates.map((name) => sql`${expressions[name]} as ${sql.identifier(name)}`)
  return sql<WindowRow>`with place as materialized (${placeOf(store, parentId, query)}),
    grouped as materialized (
      select series_id, ${startOf(query.window)} as time, ${sql.join(columns)}
      from (${keptPoints(scope, store, parentId, query)}) kept, place group by 1, 2
    )
    select * from grouped order by series_id, time`
}

/**
 * The parent's zone, and where the midnights of the span lie: `even` if all at whole hours UTC, so that no window cuts such an hour.
 * For parts of a day also where in them: if that is the same on all days, as it is for hours in most zones, a window's start needs no
 * calendar, which is a third of the time.
 */
function placeOf(store: PointStore, parentId: string, { window, start, end }: WindowQuery): SqlFragment {
  const zone = sql`select ${zoneOf(store)} as zone from ${sql.identifier(store.parent)} parent where id = ${parentId}::uuid`
  const midnights = sql`select zone, array(
      select distinct extract(epoch from date_trunc('day', half_day, zone))::int8
      from generate_series(${instantLiteral(start)}, ${instantLiteral(end)} + interval '12 hours', interval '12 hours') half_day
    ) as midnights from (${zone}) parent offset 0`
  const phases = (seconds: SqlFragment) => sql`array(
      select distinct (midnight % ${seconds} + ${seconds}) % ${seconds} from unnest(midnights) midnight)`
  const even = sql`${phases(sql`3600`)} = '{0}'::int8[] as even`
  if (window.unit !== 'minutes') return sql`select zone, ${even} from (${midnights}) places`
  return sql`select zone, even, to_timestamp(phases[1]) as origin, cardinality(phases) = 1 as steady
    from (select zone, ${even}, ${phases(sql`${window.minutes * 60}::int8`)} as phases from (${midnights}) places offset 0) phased`
}

/**
 * Where a point's window begins. Parts of a day count elapsed time from local midnight: on the day the clock goes back, the hour
 * that comes twice is two windows; in a zone like Kathmandu (+5:45) hours begin at the local hour.
 */
function startOf(window: Window): SqlFragment {
  if (window.unit === 'minutes')
    return sql`date_bin(make_interval(mins => ${window.minutes}::int), at, case when steady then origin else date_trunc('day', at, zone) end)`
  return sql`date_trunc(${window.unit}::text, at, zone)`
}
