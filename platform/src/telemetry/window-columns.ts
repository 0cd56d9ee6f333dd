import { problems } from '../problems/catalogue.ts'
import type { PointRun } from './point-runs.ts'
import { mostSummed } from './quarters.ts'
import { tooManyWindows } from './window-limits.ts'

/** What the points of a window add up to, or a part of them. */
export interface Part {
  /** Place of the window among the span's. */
  readonly window: number
  readonly count: number
  /** Not a number where a value is too large to be summed. */
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly last: number
  /** The time of `last`, or of the beginning of the part in which it is. */
  readonly lastAt: number
}

/** How many windows all series of an answer may still have. */
export interface WindowBudget {
  left: number
}

/** Values of one window that wait for its end: 40 MB. */
const mostValues = 5_000_000

/** What a series' windows add up to: parallel lists, in the order of windows, those without points left out. */
export class WindowColumns {
  readonly #budget: WindowBudget
  readonly windows: number[] = []
  readonly counts: number[] = []
  readonly sums: number[] = []
  readonly mins: number[] = []
  readonly maxs: number[] = []
  readonly lasts: number[] = []
  readonly lastAts: number[] = []

  constructor(budget: WindowBudget) {
    this.#budget = budget
  }

  /** A part of the window that was added to last, or of a later one. */
  add(window: number, count: number, sum: number, min: number, max: number, last: number, lastAt: number): void {
    const place = this.windows.length - 1
    if (this.windows[place] !== window) {
      if (--this.#budget.left < 0) throw tooManyWindows()
      this.windows.push(window)
      this.counts.push(count)
      this.sums.push(sum)
      this.mins.push(min)
      this.maxs.push(max)
      this.lasts.push(last)
      this.lastAts.push(lastAt)
      return
    }
    this.counts[place] = (this.counts[place] as number) + count
    this.sums[place] = (this.sums[place] as number) + sum
    if (min < (this.mins[place] as number)) this.mins[place] = min
    if (max > (this.maxs[place] as number)) this.maxs[place] = max
    if (lastAt >= (this.lastAts[place] as number)) {
      this.lasts[place] = last
      this.lastAts[place] = lastAt
    }
  }

  at(place: number): Part {
    return {
      window: this.windows[place] as number,
      count: this.counts[place] as number,
      sum: this.sums[place] as number,
      min: this.mins[place] as number,
      max: this.maxs[place] as number,
      last: this.lasts[place] as number,
      lastAt: this.lastAts[place] as number,
    }
  }
}

/** Points of one series after the other into the windows in which they lie. Told of each window that a later point has left behind. */
export class WindowFiller {
  readonly columns: WindowColumns
  /** The 95th percentile of each window, if it was asked for. */
  readonly p95s: number[] = []
  readonly #starts: Float64Array
  readonly #open: number[] | undefined
  #window = 0

  /** `starts`: where the windows begin, in order. */
  constructor(starts: Float64Array, withP95: boolean, budget: WindowBudget) {
    this.columns = new WindowColumns(budget)
    this.#starts = starts
    this.#open = withP95 ? [] : undefined
  }

  /** Points behind those that were added before. */
  add({ times, values }: PointRun, from = 0, to = times.length): void {
    for (let place = from; place < to; ) {
      const window = placeOfWindow(this.#starts, times[place] as number, this.#window)
      this.#window = window
      const end = this.#starts[window + 1] ?? Number.POSITIVE_INFINITY
      const first = place
      let [sum, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      for (; place < to && (times[place] as number) < end; place++) {
        const value = values[place] as number
        sum += value
        if (value < min) min = value
        if (value > max) max = value
      }
      if (this.#open !== undefined) this.#keep(window, values, first, place)
      if (max >= mostSummed || min <= -mostSummed) sum = Number.NaN
      this.columns.add(window, place - first, sum, min, max, values[place - 1] as number, times[place - 1] as number)
    }
  }

  finish(): void {
    if (this.#open !== undefined && this.#open.length > 0) this.#close(this.#open)
  }

  #keep(window: number, values: Float64Array, from: number, to: number): void {
    const open = this.#open as number[]
    if (open.length > 0 && this.columns.windows.at(-1) !== window) this.#close(open)
    if (open.length + to - from > mostValues) throw tooManyValues()
    for (let place = from; place < to; place++) open.push(values[place] as number)
  }

  #close(open: number[]): void {
    this.p95s.push(percentile(Float64Array.from(open).sort(), 0.95))
    open.length = 0
  }
}

function tooManyValues() {
  return problems.range_too_wide(`p95 of a window is told of up to ${mostValues} points; ask for shorter windows.`, {
    limit: mostValues,
  })
}

/** The window in which a time lies, from one before it on: neighbours are tried first, for times come in order. */
export function placeOfWindow(starts: Float64Array, time: number, before: number): number {
  let low = (starts[before] as number) <= time ? before : 0
  let step = 1
  while (low + step < starts.length && (starts[low + step] as number) <= time) {
    low += step
    step *= 2
  }
  let high = Math.min(low + step, starts.length)
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((starts[middle] as number) <= time) low = middle
    else high = middle
  }
  return low
}

/** As PostgreSQL's `percentile_cont`: between two values where it falls between them. */
export function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] as number
  return below + ((sorted[Math.ceil(place)] as number) - below) * (place - Math.floor(place))
}

/** Columns of parts of the same windows as one. */
export function joined(parts: readonly WindowColumns[]): WindowColumns {
  const filled = parts.filter(({ windows }) => windows.length > 0)
  const [only] = filled
  if (only !== undefined && filled.length === 1) return only
  const all = new WindowColumns({ left: Number.POSITIVE_INFINITY })
  const places = filled.map(() => 0)
  for (;;) {
    let nearest = Number.POSITIVE_INFINITY
    for (const [index, { windows }] of filled.entries()) nearest = Math.min(nearest, windows[places[index] as number] ?? nearest)
    if (nearest === Number.POSITIVE_INFINITY) return all
    for (const [index, columns] of filled.entries()) {
      const place = places[index] as number
      if (columns.windows[place] !== nearest) continue
      const { window, count, sum, min, max, last, lastAt } = columns.at(place)
      all.add(window, count, sum, min, max, last, lastAt)
      places[index] = place + 1
    }
  }
}
