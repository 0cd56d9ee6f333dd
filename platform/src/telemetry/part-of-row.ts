import { type PointRun, partOf } from './point-runs.ts'
import type { StoredRow } from './point-sweep.ts'

/** Points by series, as a packed row keeps them. */
export interface RowPoints extends Pick<StoredRow, 'series' | 'runs'> {
  readonly firstAt: number
  readonly lastAt: number
  readonly count: number
}

/** Those points of a row whose time is meant, each in the place in which it came, without the series that have none. */
export function partOfRow({ series, runs }: StoredRow, isMeant: (time: number) => boolean): RowPoints {
  const meant = runs.map((run) => meantOf(run, isMeant))
  return rowPoints(
    series.filter((_, place) => meant[place]?.times.length),
    meant.filter(({ times }) => times.length > 0),
  )
}

export function rowPoints(series: readonly string[], runs: readonly PointRun[]): RowPoints {
  let [firstAt, lastAt, count] = [Number.POSITIVE_INFINITY, 0, 0]
  for (const { times } of runs) {
    for (const time of times) {
      if (time < firstAt) firstAt = time
      if (time > lastAt) lastAt = time
    }
    count += times.length
  }
  return { series, runs, firstAt, lastAt, count }
}

function meantOf(run: PointRun, isMeant: (time: number) => boolean): PointRun {
  const { times, values } = run
  const meant = { times: new Float64Array(times.length), values: new Float64Array(times.length) }
  let count = 0
  for (const [place, time] of times.entries()) {
    if (!isMeant(time)) continue
    meant.times[count] = time
    meant.values[count++] = values[place] as number
  }
  return count === times.length ? run : partOf(meant, 0, count)
}
