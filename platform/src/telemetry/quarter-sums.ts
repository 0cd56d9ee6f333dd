import type { Figures } from './day-figures.ts'
import { mostSummed } from './quarters.ts'

/** What the points of a quarter of an hour add up to. */
export interface QuarterSum {
  readonly count: number
  /** Not a number where a value is too large to be summed. */
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly last: number
}

/** Of points from one place up to another, in the order of time. */
export function sumOf(values: Float64Array, from: number, to: number): QuarterSum {
  let [sum, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let place = from; place < to; place++) {
    const value = values[place] as number
    sum += value
    if (value < min) min = value
    if (value > max) max = value
  }
  if (max >= mostSummed || min <= -mostSummed) sum = Number.NaN
  return { count: to - from, sum, min, max, last: values[to - 1] as number }
}

/** Two parts of one quarter, the later behind. */
export function added(earlier: QuarterSum, later: QuarterSum): QuarterSum {
  return {
    count: earlier.count + later.count,
    sum: earlier.sum + later.sum,
    min: Math.min(earlier.min, later.min),
    max: Math.max(earlier.max, later.max),
    last: later.last,
  }
}

export function sumAt({ counts, sums, mins, maxs, lasts }: Figures, place: number): QuarterSum {
  return {
    count: counts[place] as number,
    sum: sums[place] as number,
    min: mins[place] as number,
    max: maxs[place] as number,
    last: lasts[place] as number,
  }
}

/** Undefined: there are no points any more. */
export function setSum({ counts, sums, mins, maxs, lasts }: Figures, at: number, sum: QuarterSum | undefined): void {
  counts[at] = sum?.count ?? 0
  sums[at] = sum?.sum ?? 0
  mins[at] = sum?.min ?? 0
  maxs[at] = sum?.max ?? 0
  lasts[at] = sum?.last ?? 0
}
