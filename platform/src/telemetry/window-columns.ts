import { problems } from '../problems/catalogue.ts'
import { allFigures, type FigureName, type Figures, noFigures } from './day-figures.ts'
import type { PointRun } from './point-runs.ts'
import { setSum, sumOf } from './quarter-sums.ts'
import { mostAnswered, tooManyWindows } from './window-limits.ts'

/** How many windows all series of an answer may still have, and what of them is kept. */
export interface WindowBudget {
  left: number
  /** By default all. */
  readonly needed?: ReadonlySet<FigureName>
  /** For how many a series has room from its first on: lists that grow are copied over and over. */
  readonly room: number
}

/** Room for all windows of all series where an answer may have so many, else as much as each turns out to need. */
export function windowBudget(series: number, windows: number, needed?: ReadonlySet<FigureName>): WindowBudget {
  return { left: mostAnswered, room: series * windows <= mostAnswered ? windows : 64, ...(needed && { needed }) }
}

/** Values of one window that wait for its end: 40 MB. */
const mostValues = 5_000_000

/** What a series' windows add up to: parallel lists, in the order of windows, those without points left out. */
export class WindowColumns {
  readonly #budget: WindowBudget
  readonly #needed: ReadonlySet<FigureName>
  readonly #hasSums: boolean
  readonly #hasMins: boolean
  readonly #hasMaxs: boolean
  readonly #hasLasts: boolean
  #windows = new Int32Array(0)
  #figures = noFigures(0)
  #lastAts = new Float64Array(0)
  length = 0

  constructor(budget: WindowBudget) {
    this.#budget = budget
    this.#needed = budget.needed ?? allFigures
    this.#hasSums = this.#needed.has('sums')
    this.#hasMins = this.#needed.has('mins')
    this.#hasMaxs = this.#needed.has('maxs')
    this.#hasLasts = this.#needed.has('lasts')
  }

  get needed(): ReadonlySet<FigureName> {
    return this.#needed
  }

  /** Places of windows among the span's. */
  get windows(): Int32Array {
    return this.#windows.subarray(0, this.length)
  }

  get figures(): Figures {
    const { counts, sums, mins, maxs, lasts } = this.#figures
    const filled = <L extends Int32Array | Float64Array>(list: L) => list.subarray(0, this.length) as L
    return { counts: filled(counts), sums: filled(sums), mins: filled(mins), maxs: filled(maxs), lasts: filled(lasts) }
  }

  /** When the last of each was measured, or where the part begins in which it was. */
  get lastAts(): Float64Array {
    return this.#lastAts.subarray(0, this.length)
  }

  /**
   * Adds what stands at a place of figures, and at a place of times when it was: a part of the window that was added to last, or of a
   * later one. Numbers come in lists, for each that is handed over by itself is an object.
   */
  add(window: number, figures: Figures, from: number, times: Float64Array, at: number): void {
    const before = this.length - 1
    const isNew = before < 0 || this.#windows[before] !== window
    if (isNew) this.#begin(window)
    const place = this.length - 1
    const { counts, sums, mins, maxs, lasts } = this.#figures
    counts[place] = (counts[place] as number) + (figures.counts[from] as number)
    if (this.#hasSums) sums[place] = (sums[place] as number) + (figures.sums[from] as number)
    if (this.#hasMins) {
      const min = figures.mins[from] as number
      if (isNew || min < (mins[place] as number)) mins[place] = min
    }
    if (this.#hasMaxs) {
      const max = figures.maxs[from] as number
      if (isNew || max > (maxs[place] as number)) maxs[place] = max
    }
    if (!this.#hasLasts) return
    const lastAt = times[at] as number
    if (isNew || lastAt >= (this.#lastAts[place] as number)) {
      lasts[place] = figures.lasts[from] as number
      this.#lastAts[place] = lastAt
    }
  }

  #begin(window: number): void {
    const place = this.length
    if (place > 0 && window < (this.#windows[place - 1] as number)) throw new RangeError('Windows are filled in their order.')
    if (--this.#budget.left < 0) throw tooManyWindows()
    if (place === this.#windows.length) this.#grow(Math.max(this.#budget.room, place * 2))
    this.#windows[place] = window
    this.length = place + 1
  }

  #grow(room: number): void {
    const { counts, sums, mins, maxs, lasts } = this.#figures
    const figures = noFigures(room, this.#needed)
    figures.counts.set(counts)
    figures.sums.set(sums)
    figures.mins.set(mins)
    figures.maxs.set(maxs)
    figures.lasts.set(lasts)
    this.#figures = figures
    const windows = new Int32Array(room)
    windows.set(this.#windows)
    this.#windows = windows
    const lastAts = new Float64Array(this.#hasLasts ? room : 0)
    lastAts.set(this.#lastAts)
    this.#lastAts = lastAts
  }
}

/** Points of one series after the other into the windows in which they lie. Told of each window that a later point has left behind. */
export class WindowFiller {
  readonly columns: WindowColumns
  /** The 95th percentile of each window, if it was asked for. */
  readonly p95s: number[] = []
  readonly #starts: Float64Array
  readonly #open: number[] | undefined
  readonly #sum = noFigures(1)
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
      while (place < to && (times[place] as number) < end) place += 1
      if (this.#open !== undefined) this.#keep(window, values, first, place)
      setSum(this.#sum, 0, sumOf(values, first, place))
      this.columns.add(window, this.#sum, 0, times, place - 1)
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
  const filled = parts.filter(({ length }) => length > 0)
  const [only] = filled
  if (only !== undefined && filled.length === 1) return only
  const all = new WindowColumns({
    left: Number.POSITIVE_INFINITY,
    room: Math.max(0, ...filled.map(({ length }) => length)),
    needed: only?.needed ?? allFigures,
  })
  const left = filled.map(({ windows, figures, lastAts }) => ({ windows, figures, lastAts, place: 0 }))
  for (;;) {
    let nearest = Number.POSITIVE_INFINITY
    for (const { windows, place } of left) nearest = Math.min(nearest, windows[place] ?? nearest)
    if (nearest === Number.POSITIVE_INFINITY) return all
    for (const each of left) {
      if (each.windows[each.place] !== nearest) continue
      all.add(nearest, each.figures, each.place, each.lastAts, each.place)
      each.place += 1
    }
  }
}
