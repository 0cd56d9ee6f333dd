import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { pixelWidth, standInWidth } from '../pixel-statement.ts'
import type { PixelQuery } from '../point-query.ts'
import type { PointStore } from '../point-store.ts'
import type { PointRow } from '../read-points.ts'
import type { InfluxDatabase } from './influx-database.ts'
import { asRow, type ChosenSeries, choiceOf, influxSamples, type Sample } from './influx-points.ts'
import { InfluxStatement } from './influx-statement.ts'

/** From a pixel of an hour on, in a picture longer than this, the lowest and highest of a quarter or a whole hour stand in for points. */
const longestExact = 90 * 86_400_000_000

/** As `pixelStatement` answers: InfluxDB's own selectors know neither two values per window nor which of equal ones is meant. */
export async function* influxPixels(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: PixelQuery,
): AsyncGenerator<PointRow> {
  const standIn = query.end - query.start > longestExact ? standInWidth(query) : undefined
  const samples =
    standIn === undefined
      ? influxSamples(scope, store, influx, chosen, query)
      : standInExtremes(scope, store, influx, chosen, query, standIn)
  const width = pixelWidth(query)
  let seriesId: string | undefined
  let pixel = -1
  let first: Sample | undefined
  let lowest: Sample | undefined
  let highest: Sample | undefined
  let last: Sample | undefined
  for await (const sample of samples) {
    const at = Math.floor((sample.time - query.start) / width)
    if (sample.seriesId !== seriesId || at !== pixel) {
      yield* shown(first, lowest, highest, sample.seriesId === seriesId ? undefined : last)
      first = sample.seriesId === seriesId ? undefined : sample
      seriesId = sample.seriesId
      pixel = at
      lowest = sample
      highest = sample
    }
    if (lowest === undefined || sample.value < lowest.value) lowest = sample
    if (highest === undefined || sample.value >= highest.value) highest = sample
    last = sample
  }
  yield* shown(first, lowest, highest, last)
}

/** In the order of time, each point once. */
function shown(...samples: readonly (Sample | undefined)[]): PointRow[] {
  const byTime = new Map(samples.filter((sample) => sample !== undefined).map((sample) => [sample.time, sample]))
  return [...byTime.values()].sort((a, b) => a.time - b.time).map(asRow)
}

/** Two samples of each stretch of `width` microseconds, at its beginning; the first and the last point of the span at their own times. */
async function* standInExtremes(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: PixelQuery,
  width: number,
): AsyncGenerator<Sample> {
  if (chosen.ids.length === 0) return
  const choice = choiceOf(chosen, query)
  const edges = new Map<string, Map<number, Sample>>()
  const asked = (['first', 'last'] as const).map((name) => InfluxStatement.select(scope, store, [name], choice))
  for await (const { seriesId, rows } of influx.query(asked)) {
    const own = edges.get(seriesId) ?? new Map<number, Sample>()
    for (const [time, value] of rows) own.set(time as number, { seriesId, time: time as number, value: value as number })
    edges.set(seriesId, own)
  }
  const known = new Set(chosen.ids)
  const statement = InfluxStatement.select(scope, store, ['min', 'max'], choice, { origin: 0, width })
  for await (const { seriesId, rows } of influx.query([statement])) {
    if (!known.has(seriesId)) continue
    const own = [...(edges.get(seriesId)?.values() ?? [])].sort((a, b) => a.time - b.time)
    const [first, last] = [own[0], own.at(-1)]
    for (const [at, min, max] of rows) {
      const time = Math.max(at as number, first?.time ?? 0)
      if (first !== undefined && first.time >= (at as number) && first.time < (at as number) + width) yield first
      for (const value of min === max ? [min] : [min, max]) yield { seriesId, time, value: value as number }
      if (last !== undefined && last.time >= (at as number) && last.time < (at as number) + width) yield last
    }
  }
}
