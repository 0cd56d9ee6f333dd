import type { Aggregate } from './point-query.ts'
import { timeText } from './time-text.ts'
import type { WindowColumns } from './window-columns.ts'

/** The windows of one series that have points, in the order of time: parallel lists. */
export interface WindowsOfSeries {
  readonly seriesId: string
  /** Where each begins, microseconds since 1970 UTC. */
  readonly times: ArrayLike<number>
  /** Of each aggregate that was asked for; not a number where a sum or a mean is none. */
  readonly figures: { readonly [A in Aggregate]?: ArrayLike<number> }
}

export type WindowRow = { readonly seriesId: string; readonly time: string } & { readonly [A in Aggregate]?: number | null }

/** Windows as lists of numbers, by series; read one by one they are rows, made when they are asked for. */
export class WindowTable implements Iterable<WindowRow> {
  readonly series: readonly WindowsOfSeries[]

  constructor(series: readonly WindowsOfSeries[]) {
    this.series = series
  }

  get size(): number {
    return this.series.reduce((sum, { times }) => sum + times.length, 0)
  }

  *[Symbol.iterator](): Generator<WindowRow> {
    for (const { seriesId, times, figures } of this.series) {
      const named = Object.entries(figures)
      for (let place = 0; place < times.length; place++) {
        const row: Record<string, string | number | null> = { seriesId, time: timeText(times[place] as number) }
        for (const [name, values] of named) {
          const value = values[place] as number
          row[name] = Number.isFinite(value) ? value : null
        }
        yield row as WindowRow
      }
    }
  }
}

/** What a series' columns say of the aggregates that were asked for. */
export function windowsOf(
  seriesId: string,
  starts: Float64Array,
  columns: WindowColumns,
  aggregates: readonly Aggregate[],
  p95s: readonly number[],
): WindowsOfSeries {
  const { counts, sums, mins, maxs, lasts } = columns.figures
  const of: Readonly<Record<Aggregate, () => ArrayLike<number>>> = {
    min: () => mins,
    max: () => maxs,
    mean: () => meansOf(counts, sums),
    sum: () => sums,
    count: () => counts,
    last: () => lasts,
    p95: () => p95s,
  }
  return {
    seriesId,
    times: timesOf(columns.windows, starts),
    figures: Object.fromEntries(aggregates.map((name) => [name, of[name]()])),
  }
}

// Loops: `from` and `map` make an object of each number, some ten thousand of them.

function timesOf(windows: Int32Array, starts: Float64Array): Float64Array {
  const times = new Float64Array(windows.length)
  for (let place = 0; place < windows.length; place++) times[place] = starts[windows[place] as number] as number
  return times
}

function meansOf(counts: Int32Array, sums: Float64Array): Float64Array {
  const means = new Float64Array(counts.length)
  for (let place = 0; place < counts.length; place++) means[place] = (sums[place] as number) / (counts[place] as number)
  return means
}
