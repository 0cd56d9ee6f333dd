import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { PixelQuery } from './point-query.ts'
import { keptPoints } from './point-statements.ts'
import type { PointStore } from './point-store.ts'
import { instantLiteral, quarter, quartersWithin, wholeHour } from './quarters.ts'
import type { PointRow } from './read-points.ts'
import { partsOf } from './rolled-parts.ts'

/**
 * Microseconds that a pixel stands for. One pixel of the picture is kept back for the first and the last point of a series,
 * so that with two values in each of the others an answer stays within two values per pixel.
 */
export function pixelWidth({ start, end, pixels }: PixelQuery): number {
  return Math.ceil((end - start) / Math.max(1, pixels - 1))
}

/**
 * Microseconds of the rollups that stand in for points, of which a pixel holds four at least: within it one cannot be told from
 * another. Undefined below an hour, where points are read themselves.
 */
export function standInWidth(query: PixelQuery): number | undefined {
  const width = pixelWidth(query)
  return width >= 4 * wholeHour ? wholeHour : width >= 4 * quarter ? quarter : undefined
}

/**
 * Of each series and pixel the lowest point and the highest, and of each series the first and the last, in the order of time.
 * Where a pixel is an hour or longer, lowest and highest come from rollups and bear the time at which their quarter begins, from four
 * hours on their hour.
 */
export function pixelStatement(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  query: PixelQuery,
): SqlFragment<PointRow> {
  const standIn = standInWidth(query)
  if (standIn === undefined || quartersWithin(query) === undefined) return pixelsFromPoints(scope, store, parentId, query)
  // The first and the last of a series are among the points, for its outermost quarters are told by them.
  // Extremes first, then when they were: of plain numbers that is a third of what it is of pairs. Joined by `or` of two `in`, which are
  // always hashed: the planner expects a handful of pixels and would compare each part with each.
  return sql<PointRow>`with ${partsOf(scope, store, parentId, query, { byHour: standIn === wholeHour })},
    placed as materialized (select series_id, at, min, max, ${pixelOf(query)} as pixel from parts),
    extremes as materialized (select series_id, pixel, min(min) as lowest, max(max) as highest from placed group by 1, 2),
    pixels as (
      select series_id, min(array[min, seconds]) as lowest, max(array[max, seconds]) as highest
      from (
        select series_id, pixel, min, max, extract(epoch from at)::float8 as seconds from placed
        where (series_id, pixel, min) in (select series_id, pixel, lowest from extremes)
          or (series_id, pixel, max) in (select series_id, pixel, highest from extremes)
      ) extreme group by series_id, pixel
    ), shown as (
      select series_id, lowest[2] as seconds, lowest[1] as value from pixels
      union select series_id, highest[2], highest[1] from pixels
      union (select distinct on (series_id) series_id, extract(epoch from at)::float8, value from kept order by series_id, at)
      union (select distinct on (series_id) series_id, extract(epoch from at)::float8, value from kept order by series_id, at desc)
    )
    ${inOrder}`
}

/**
 * A pair (value, time) is compared as an array: of equal values the earliest counts as lowest and the latest as highest, so
 * that a level stretch keeps its ends. Seconds as float8 hold microseconds exactly until the year 2255.
 */
export function pixelsFromPoints(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  query: PixelQuery,
): SqlFragment<PointRow> {
  return sql<PointRow>`with pixels as (
      select series_id, ${pixelOf(query)} as pixel,
        min(array[value, seconds]) as lowest, max(array[value, seconds]) as highest,
        min(array[seconds, value]) as first, max(array[seconds, value]) as last
      from (select series_id, at, value, extract(epoch from at)::float8 as seconds
        from (${keptPoints(scope, store, parentId, query)}) kept) timed
      group by series_id, pixel
    ), shown as (
      select series_id, lowest[2] as seconds, lowest[1] as value from pixels
      union select series_id, highest[2], highest[1] from pixels
      union select series_id, (min(first))[1], (min(first))[2] from pixels group by series_id
      union select series_id, (max(last))[1], (max(last))[2] from pixels group by series_id
    )
    ${inOrder}`
}

function pixelOf(query: PixelQuery): SqlFragment {
  return sql`date_bin(${pixelWidth(query)}::int8 * interval '1 microsecond', at, ${instantLiteral(query.start)})`
}

const inOrder = sql`select series_id, to_timestamp(seconds) as time, value from shown order by series_id, seconds`
