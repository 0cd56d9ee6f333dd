import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { absence } from '../resources/absence.ts'
import { influxPicture } from './influx/influx-picture.ts'
import { type ChosenSeries, influxPoints } from './influx/influx-points.ts'
import { influxWindows } from './influx/influx-windows.ts'
import { pixelWidth } from './picture.ts'
import type { PixelQuery, PointQuery, WindowQuery } from './point-query.ts'
import { mostListed, parentStatement, seriesIdsStatement, seriesStatement } from './point-statements.ts'
import type { OpenPointStore, PointStore, Series } from './point-store.ts'
import { storedPicture } from './stored-picture.ts'
import { storedPoints } from './stored-points.ts'
import { storedWindows } from './stored-windows.ts'
import { windowsWithin } from './window.ts'
import type { WindowTable } from './window-table.ts'

/** What is known before the first point: the parent's zone, and the series that may have points in the span. */
export interface PointsHead {
  readonly timeZone: string
  readonly series: readonly Series[]
}

export interface PointRow {
  readonly seriesId: string
  readonly time: string
  readonly value: number
}

const mostWindows = 20_000
const longestRawSpan = 366 * 86_400_000_000

/**
 * Windows of a parent's points, each with the aggregates asked for, by series and time. A window without points is not there:
 * a gap stays a gap.
 *
 * Refuses with `range_too_wide`, `invalid_request` (end before start), `not_found`/`object_not_granted` (the parent).
 *
 * @example
 * const { head, windows } = await readWindows(scope, bmsPoints, buildingId, { start, end, window: parseWindow('1d')!, aggregates: ['mean'] })
 */
export async function readWindows(
  scope: TenantScope,
  store: OpenPointStore,
  parentId: string,
  query: WindowQuery,
): Promise<{ readonly head: PointsHead; readonly windows: WindowTable }> {
  checkSpan(query)
  if (windowsWithin(query.window, query.end - query.start) > mostWindows) {
    throw problems.range_too_wide(`A span may hold ${mostWindows} windows at most.`, { limit: mostWindows })
  }
  const { head, chosen } = await readChosen(scope, store, parentId, query)
  const asked = { ...query, ...chosen, timeZone: head.timeZone }
  const windows =
    store.influx === undefined
      ? await storedWindows(scope, store, asked)
      : await influxWindows(scope, store, store.influx, chosen, asked)
  return { head, windows }
}

/**
 * A parent's points as they were measured, by series and time, each time once. They come a piece at a time: begin reading before
 * you know how many there are, leave when you have enough. Refuses before the first point, as `readWindows` does.
 */
export async function readPoints(
  scope: TenantScope,
  store: OpenPointStore,
  parentId: string,
  query: PointQuery,
): Promise<{ readonly head: PointsHead; readonly points: AsyncIterable<PointRow> }> {
  checkSpan(query)
  if (query.end - query.start > longestRawSpan) {
    throw problems.range_too_wide('Points are read one by one for up to 366 days; ask for windows beyond that.', {
      limit: '366d',
    })
  }
  const { head, chosen } = await readChosen(scope, store, parentId, query)
  const points =
    store.influx === undefined
      ? storedPoints(scope, store, { ...query, ...chosen })
      : influxPoints(scope, store, store.influx, chosen, query)
  return { head, points }
}

/**
 * A parent's points as a picture of `pixels` width shows them: at most two of each series per pixel, the lowest and the highest
 * measured in it, at their own times; the first and the last of the span are always among them. From a pixel of an hour on, the
 * lowest and the highest stand at the beginning of the quarter of an hour in which they were measured, from four hours on of the
 * hour. A pixel in which nothing was measured has no point. `pixelSeconds` is how long one pixel is. Refuses as `readPoints` does, over any
 * span, and with `range_too_wide` what would have more than 1,000,000 pixels with points in all series.
 *
 * @example
 * const { points, pixelSeconds } = await readPixels(scope, bmsPoints, buildingId, { start, end, pixels: 1_000 })
 */
export async function readPixels(
  scope: TenantScope,
  store: OpenPointStore,
  parentId: string,
  query: PixelQuery,
): Promise<{ readonly head: PointsHead; readonly points: AsyncIterable<PointRow>; readonly pixelSeconds: number }> {
  checkSpan(query)
  const { head, chosen } = await readChosen(scope, store, parentId, query)
  const picture =
    store.influx === undefined
      ? await storedPicture(scope, store, { ...query, ...chosen })
      : await influxPicture(scope, store, store.influx, chosen, query)
  return { head, points: picture.rows(), pixelSeconds: pixelWidth(query) / 1_000_000 }
}

/** Who asks may see the parent and these series of it: said before a point is asked for, in either store. */
async function readChosen(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  query: PointQuery,
): Promise<{ readonly head: PointsHead; readonly chosen: ChosenSeries }> {
  const [[parent], series] = await scope.batch([parentStatement(store, parentId), seriesStatement(store, parentId, query)], {
    lane: 'read',
  })
  if (!parent) throw await absence(scope, store.parent, parentId, store.parentWord)
  const all =
    series.length < mostListed ? undefined : await scope.first(seriesIdsStatement(store, parentId, query), { lane: 'read' })
  const isAll = query.pointTypes === undefined && query.seriesIds === undefined
  return {
    head: { timeZone: parent.timeZone, series },
    chosen: { parentId, isAll, ids: all?.ids ?? series.map(({ id }) => id) },
  }
}

function checkSpan(query: PointQuery): void {
  if (query.end <= query.start)
    throw problems.invalid_request('`end` must lie after `start`.', {
      errors: [{ in: 'query', pointer: '/end', message: 'Must lie after start.' }],
    })
}
