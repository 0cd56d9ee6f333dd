import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { keptInSpans, spansOf } from './kept-in-spans.ts'
import type { Aggregate, PointQuery, WindowQuery } from './point-query.ts'
import { seriesConditions } from './point-statements.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import {
  holdsQuarters,
  hoursWithin,
  instantLiteral,
  mostSummed,
  type QuarteredSpan,
  quartersWithin,
  unevenQuarters,
} from './quarters.ts'
import { freshHours, quarteredSpans, staleHours } from './rolled-hours.ts'

/** Over rollups and single points alike: both are `parts (series_id, at, count, sum, min, max, last)`. */
const expressions: Readonly<Record<Exclude<Aggregate, 'p95'>, SqlFragment>> = {
  min: sql`min(min)`,
  max: sql`max(max)`,
  mean: sql`case when count(sum) = count(*) then sum(sum) / sum(count) end`,
  sum: sql`case when count(sum) = count(*) then sum(sum) end`,
  count: sql`sum(count)`,
  last: sql`(array_agg(last order by at desc))[1]`,
}

/** Of a part that is a window by itself. */
const ofOne: typeof expressions = {
  min: sql`min`,
  max: sql`max`,
  mean: sql`sum / count`,
  sum: sql`sum`,
  count: sql`count::int8`,
  last: sql`last`,
}

/** The columns of windows that are `whole_hours`. */
export function hourColumns(query: WindowQuery): readonly SqlFragment[] {
  const names = query.aggregates.filter((name) => name !== 'p95')
  return names.map((name) => sql`${ofOne[name]} as ${sql.identifier(name)}`)
}

/** The same columns as from points; undefined where rollups cannot answer: for p95, and for windows that cut quarters apart. */
export function rolledColumns(query: WindowQuery): readonly SqlFragment[] | undefined {
  if (!holdsQuarters(query.window) || quartersWithin(query) === undefined) return undefined
  const names = query.aggregates.filter((name) => name !== 'p95')
  if (names.length < query.aggregates.length) return undefined
  return names.map((name) => sql`${expressions[name]} as ${sql.identifier(name)}`)
}

export interface PartsOptions {
  /** Whether hours may stand in for their quarters: an expression, for that may depend on the parent's zone. Without one they may not. */
  readonly hours?: SqlFragment
  /** Hours are not among the parts but in `whole_hours`, of the same columns: for windows that are those hours, and need no grouping. */
  readonly hoursApart?: boolean
  /** The first and the last quarter of each series are told by their points. */
  readonly exactEdges?: boolean
}

/**
 * Parts that add up to windows, each point in exactly one: hours and quarters where they are up to date, else points.
 * One snapshot shows marks, rollups and points as they belong together. For a `with …`; the last is `parts`.
 *
 * The planner knows neither how many are wanted nor how many are stale. `offset 0` has it walk the index once per series, and
 * `not in` is always hashed, where `not exists` became a nested loop.
 */
export function partsOf(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  query: PointQuery,
  { hours: mayTakeHours, hoursApart = false, exactEdges = false }: PartsOptions = {},
): SqlFragment {
  const span = quartersWithin(query)
  if (span === undefined) throw new TypeError('No quarter lies within the span.')
  const { marks, rollups, series, parent } = tablesOf(store)
  const own = (alias: string) => ownRows(scope, undefined, alias)
  const within = (column: SqlFragment) =>
    sql`${column} >= ${instantLiteral(span.start)} and ${column} < ${instantLiteral(span.end)}`
  const edge = (order: 'asc' | 'desc') => sql`union select wanted.id, (select r.bucket from ${rollups} r
      where ${own('r')} and r.series_id = wanted.id and ${within(sql`r.bucket`)}
      order by r.bucket ${order === 'asc' ? sql`asc` : sql`desc`} limit 1) from wanted`
  const hourSpan = mayTakeHours === undefined ? undefined : hoursWithin(span)
  const byHour = hourSpan === undefined || mayTakeHours === undefined ? undefined : { ...hourSpan, where: mayTakeHours }
  return sql`wanted as materialized (
      select s.id from ${series} s where ${seriesConditions(scope, store, parentId, query)}
    ),
    stale as materialized (
      select distinct m.series[pair.slot] as series_id, pair.bucket
      from ${marks} m cross join unnest(m.slots, m.buckets) pair (slot, bucket)
      where ${own('m')} and m.${parent} = ${parentId}::uuid and ${within(sql`pair.bucket`)}
        and m.series[pair.slot] in (select id from wanted)
      ${unevenWithin(span)}
      ${exactEdges ? sql.join([edge('asc'), edge('desc')], ' ') : sql``}
    ),
    spans as materialized (${spansOf(sql`stale`)} ${outsideOf(span)}),
    kept as (${keptInSpans(scope, store, parentId)}),
    ${byHour === undefined ? sql`` : staleHours(byHour)}
    quartered (series_id, start_at, end_at) as (${quarteredSpans(span, byHour)}),
    parts as (
      select r.* from quartered cross join lateral (
          select r.series_id, r.bucket as at, r.count, r.sum, r.min, r.max, r.last from ${rollups} r
          where ${own('r')} and r.series_id = quartered.series_id and r.bucket >= quartered.start_at and r.bucket < quartered.end_at
          offset 0
        ) r
      where (r.series_id, r.at) not in (select stale.series_id, stale.bucket from stale)
      union all
      select series_id, at, 1, case when abs(value) < ${mostSummed} then value end, value, value, value from kept
      ${byHour === undefined || hoursApart ? sql`` : sql`union all ${freshHours(scope, store, byHour)}`}
    )${byHour !== undefined && hoursApart ? sql`, whole_hours as (${freshHours(scope, store, byHour)})` : sql``}`
}

/** Quarters that may lie in two windows count as out of date. */
function unevenWithin(span: QuarteredSpan): SqlFragment {
  const uneven = unevenQuarters.filter((instant) => instant >= span.start && instant < span.end)
  return uneven.length === 0
    ? sql``
    : sql`union select wanted.id, bucket from wanted, (values ${sql.join(uneven.map((at) => sql`(${instantLiteral(at)})`))}) uneven (bucket)`
}

function outsideOf(span: QuarteredSpan): SqlFragment {
  return sql.join(
    [sql``, ...span.outside.map(({ start, end }) => sql`select ${instantLiteral(start)}, ${instantLiteral(end)}, true`)],
    ' union all ',
  )
}
