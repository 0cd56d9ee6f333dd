import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { Picture, standInWidth } from '../picture.ts'
import type { PixelQuery } from '../point-query.ts'
import { inOrder } from '../point-runs.ts'
import type { PointStore } from '../point-store.ts'
import type { InfluxDatabase } from './influx-database.ts'
import { type ChosenSeries, choiceOf, influxRuns, runOf } from './influx-points.ts'
import { InfluxStatement } from './influx-statement.ts'

/** From a pixel of an hour on, in a picture longer than this, the lowest and highest of a quarter or a whole hour stand in for points. */
const longestExact = 90 * 86_400_000_000

/** As `storedPicture` answers: InfluxDB's own selectors know neither two values per window nor which of equal ones is meant. */
export async function influxPicture(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: PixelQuery,
): Promise<Picture> {
  const standIn = query.end - query.start > longestExact ? standInWidth(query) : undefined
  if (standIn !== undefined) return influxPictureOf(scope, store, influx, chosen, query, standIn)
  const picture = new Picture(query)
  for await (const { seriesId, run } of influxRuns(scope, store, influx, chosen, query)) picture.of(seriesId).addPoints(run)
  return picture
}

/** Of stretches of `width` microseconds, each at its beginning; the first and the last point of the span at their own times. */
async function influxPictureOf(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: PixelQuery,
  width: number,
): Promise<Picture> {
  const picture = new Picture(query)
  if (chosen.ids.length === 0) return picture
  const choice = choiceOf(chosen, query)
  const known = new Set(chosen.ids)
  const firsts = new Map<string, number>()
  const edges = (['first', 'last'] as const).map((name) => InfluxStatement.select(scope, store, [name], choice))
  for await (const { seriesId, rows } of influx.query(edges)) {
    const run = inOrder(runOf(rows))
    if (!known.has(seriesId)) continue
    picture.of(seriesId).addPoints(run)
    firsts.set(seriesId, Math.min(firsts.get(seriesId) ?? Number.POSITIVE_INFINITY, run.times[0] ?? Number.POSITIVE_INFINITY))
  }
  const statement = InfluxStatement.select(scope, store, ['min', 'max'], choice, { origin: 0, width })
  for await (const { seriesId, rows } of influx.query([statement])) {
    const first = firsts.get(seriesId)
    if (first === undefined) continue
    // The span, and in it the first point, may begin later than the stretch does.
    for (const [at, min, max] of rows)
      picture.of(seriesId).addExtremes(Math.max(at as number, first), min as number, max as number)
  }
  return picture
}
