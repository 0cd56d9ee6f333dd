import { type RowPoints, rowPoints } from './part-of-row.ts'
import { type PointRun, partOf } from './point-runs.ts'
import { pointsPerRow } from './point-store.ts'

/** Points of series, of each in runs that follow one another, as rows that are as full as may be, by series and time. */
export function* chunksOf(kept: ReadonlyMap<string, readonly PointRun[]>): Generator<RowPoints> {
  let [series, runs, room]: [string[], PointRun[], number] = [[], [], pointsPerRow]
  for (const id of [...kept.keys()].sort()) {
    const run = inOne(kept.get(id) ?? [])
    for (let from = 0; from < run.times.length; ) {
      const to = Math.min(from + room, run.times.length)
      series.push(id)
      runs.push(partOf(run, from, to))
      room -= to - from
      from = to
      if (room > 0) continue
      yield rowPoints(series, runs)
      ;[series, runs, room] = [[], [], pointsPerRow]
    }
  }
  if (runs.length > 0) yield rowPoints(series, runs)
}

function inOne(runs: readonly PointRun[]): PointRun {
  const length = runs.reduce((sum, { times }) => sum + times.length, 0)
  const one = { times: new Float64Array(length), values: new Float64Array(length) }
  let at = 0
  for (const { times, values } of runs) {
    one.times.set(times, at)
    one.values.set(values, at)
    at += times.length
  }
  return one
}
