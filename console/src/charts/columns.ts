import { gapsIn } from './gaps.ts'
import type { ChartSeries, Columns } from './series.ts'

/**
 * Series with times of their own, side by side: one walk along all of them, because sorting a hundred thousand times anew would
 * be felt. A gap gets a time of its own in the middle of it, at which the series is `null`.
 */
export function columnsOf(series: readonly ChartSeries[], pixelSeconds?: number): Columns {
  const all = series.map(({ times, values }) => withGaps(times, values, pixelSeconds))
  const [one] = all
  // Nothing to walk along.
  if (one !== undefined && all.length === 1) return [one.times as number[], one.values as (number | null)[]]
  const places = all.map(() => 0)
  const together: number[] = []
  const columns: (number | null | undefined)[][] = all.map(() => [])
  // By index: this is the one loop of the page that runs a hundred thousand times.
  for (;;) {
    let next = Number.POSITIVE_INFINITY
    for (let index = 0; index < all.length; index++) {
      const time = all[index]?.times[places[index] as number]
      if (time !== undefined && time < next) next = time
    }
    if (next === Number.POSITIVE_INFINITY) return [together, ...columns]
    together.push(next)
    for (let index = 0; index < all.length; index++) {
      const { times, values } = all[index] as Line
      const place = places[index] as number
      const isHere = times[place] === next
      columns[index]?.push(isHere ? values[place] : undefined)
      if (isHere) places[index] = place + 1
    }
  }
}

interface Line {
  readonly times: readonly number[]
  readonly values: readonly (number | null)[]
}

function withGaps(times: readonly number[], values: readonly number[], pixelSeconds?: number): Line {
  const gaps = gapsIn(times, pixelSeconds)
  if (gaps.length === 0) return { times, values }
  const broken: { times: number[]; values: (number | null)[] } = { times: [], values: [] }
  let from = 0
  for (const gap of [...gaps, times.length]) {
    for (let index = from; index < gap; index++) {
      broken.times.push(times[index] as number)
      broken.values.push(values[index] as number)
    }
    if (gap < times.length) {
      broken.times.push(((times[gap - 1] as number) + (times[gap] as number)) / 2)
      broken.values.push(null)
    }
    from = gap
  }
  return broken
}
