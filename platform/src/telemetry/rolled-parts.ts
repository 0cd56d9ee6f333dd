import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { keptInSpans, spansOf } from './kept-in-spans.ts'
import type { PointQuery } from './point-query.ts'
import { seriesConditions } from './point-statements.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { hoursWithin, instantLiteral, mostSummed, type QuarteredSpan, quartersWithin } from './quarters.ts'
import { freshHours, quarteredSpans, staleHours } from './rolled-hours.ts'

/**
 * Parts that add up to a picture, each point in exactly one: quarters where they are up to date, with `byHour` hours, else points.
 * The first and the last quarter of each series are told by their points. One snapshot shows marks, rollups and points as they
 * belong together. For a `with …`; the last is `parts`.
 *
 * The planner knows neither how many are wanted nor how many are stale. `offset 0` has it walk the index once per series, and
 * `not in` is always hashed, where `not exists` became a nested loop.
 */
export function partsOf(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  query: PointQuery,
  { byHour }: { readonly byHour: boolean },
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
  const hours = byHour ? hoursWithin(span) : undefined
  return sql`wanted as materialized (
      select s.id from ${series} s where ${seriesConditions(scope, store, parentId, query)}
    ),
    stale as materialized (
      select distinct m.series[pair.slot] as series_id, pair.bucket
      from ${marks} m cross join unnest(m.slots, m.buckets) pair (slot, bucket)
      where ${own('m')} and m.${parent} = ${parentId}::uuid and ${within(sql`pair.bucket`)}
        and m.series[pair.slot] in (select id from wanted)
      ${edge('asc')} ${edge('desc')}
    ),
    spans as materialized (${spansOf(sql`stale`)} ${outsideOf(span)}),
    kept as (${keptInSpans(scope, store, parentId)}),
    ${hours === undefined ? sql`` : staleHours(hours)}
    quartered (series_id, start_at, end_at) as (${quarteredSpans(span, hours)}),
    parts as (
      select r.* from quartered cross join lateral (
          select r.series_id, r.bucket as at, r.count, r.sum, r.min, r.max, r.last from ${rollups} r
          where ${own('r')} and r.series_id = quartered.series_id and r.bucket >= quartered.start_at and r.bucket < quartered.end_at
          offset 0
        ) r
      where (r.series_id, r.at) not in (select stale.series_id, stale.bucket from stale)
      union all
      select series_id, at, 1, case when abs(value) < ${mostSummed} then value end, value, value, value from kept
      ${hours === undefined ? sql`` : sql`union all ${freshHours(scope, store, hours)}`}
    )`
}

function outsideOf(span: QuarteredSpan): SqlFragment {
  return sql.join(
    [sql``, ...span.outside.map(({ start, end }) => sql`select ${instantLiteral(start)}, ${instantLiteral(end)}, true`)],
    ' union all ',
  )
}
