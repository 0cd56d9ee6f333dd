import { setImmediate as nextTurn } from 'node:timers/promises'
import { problems } from '../problems/catalogue.ts'
import type { PixelQuery } from './point-query.ts'
import type { PointRun } from './point-runs.ts'
import { quarter, wholeHour } from './quarters.ts'
import type { PointRow } from './read-points.ts'
import { timeText } from './time-text.ts'

/**
 * Microseconds that a pixel stands for. One pixel of the picture is kept back for the first and the last point of a series,
 * so that with two values in each of the others an answer stays within two values per pixel.
 */
export function pixelWidth({ start, end, pixels }: PixelQuery): number {
  return Math.ceil((end - start) / Math.max(1, pixels - 1))
}

/**
 * Microseconds of the rollups that stand in for points, of which a pixel holds four at least: within it one cannot be told from
 * another. Undefined below an hour, where points are read themselves.
 */
export function standInWidth(query: PixelQuery): number | undefined {
  const width = pixelWidth(query)
  return width >= 4 * wholeHour ? wholeHour : width >= 4 * quarter ? quarter : undefined
}

/** Pixels with points of all series of a picture: some 100 MB. */
const mostPixels = 1_000_000

/** Rows after which other requests have their turn. Writing one takes a few microseconds. */
const turnAfter = 100

/**
 * Of each series and pixel the lowest point and the highest, and of each series the first and the last: of equal values the earliest
 * is the lowest and the latest the highest, so that a level stretch keeps its ends. Points may come in any order.
 */
export class Picture {
  readonly #query: PixelQuery
  readonly #series = new Map<string, SeriesPicture>()
  readonly #budget = { left: mostPixels }

  constructor(query: PixelQuery) {
    this.#query = query
  }

  /** Refuses with `range_too_wide` what would take more than 1,000,000 pixels of all series. */
  of(seriesId: string): SeriesPicture {
    let found = this.#series.get(seriesId)
    if (found === undefined) {
      found = new SeriesPicture(this.#query, this.#budget)
      this.#series.set(seriesId, found)
    }
    return found
  }

  /** By series and time. */
  async *rows(): AsyncGenerator<PointRow> {
    let sinceTurn = 0
    for (const seriesId of [...this.#series.keys()].sort()) {
      for (const { time, value } of this.of(seriesId).samples()) {
        if (++sinceTurn % turnAfter === 0) await nextTurn()
        yield { seriesId, time: timeText(time), value }
      }
    }
  }
}

interface Sample {
  readonly time: number
  readonly value: number
}

class SeriesPicture {
  readonly #start: number
  readonly #width: number
  readonly #budget: { left: number }
  /** Of each pixel with points, in the order in which they were found: when the lowest was measured, it, when the highest was, and it. */
  #extremes = new Float64Array(4 * 16)
  readonly #places = new Map<number, number>()
  #first: Sample | undefined
  #last: Sample | undefined

  constructor(query: PixelQuery, budget: { left: number }) {
    this.#start = query.start
    this.#width = pixelWidth(query)
    this.#budget = budget
  }

  /** Points of the span, forward in time. */
  addPoints({ times, values }: PointRun): void {
    if (times.length === 0) return
    const sample = (place: number): Sample => ({ time: times[place] as number, value: values[place] as number })
    const [first, last] = [sample(0), sample(times.length - 1)]
    if (this.#first === undefined || first.time < this.#first.time) this.#first = first
    if (this.#last === undefined || last.time > this.#last.time) this.#last = last
    for (let place = 0; place < times.length; ) {
      const pixel = this.#pixelOf(times[place] as number)
      const end = this.#start + (pixel + 1) * this.#width
      let [low, high] = [place, place]
      for (place += 1; place < times.length && (times[place] as number) < end; place++) {
        const value = values[place] as number
        if (value < (values[low] as number)) low = place
        if (value >= (values[high] as number)) high = place
      }
      this.#add(pixel, times[low] as number, values[low] as number, times[high] as number, values[high] as number)
    }
  }

  /** What stands in for points: the lowest and the highest value of a stretch, both at `time`. */
  addExtremes(time: number, lowest: number, highest: number): void {
    this.#add(this.#pixelOf(time), time, lowest, time, highest)
  }

  /** In the order of time, each point once. */
  *samples(): Generator<Sample> {
    const [first, last] = [this.#first, this.#last]
    if (first !== undefined) yield first
    for (const [, place] of [...this.#places].sort(([a], [b]) => a - b)) {
      const [lowAt, low, highAt, high] = this.#extremes.subarray(place, place + 4) as unknown as [number, number, number, number]
      const [lowest, highest] = [
        { time: lowAt, value: low },
        { time: highAt, value: high },
      ]
      const shown = isSame(lowest, highest) ? [lowest] : lowAt <= highAt ? [lowest, highest] : [highest, lowest]
      for (const sample of shown) if (!isSame(sample, first) && !isSame(sample, last)) yield sample
    }
    if (last !== undefined && !isSame(last, first)) yield last
  }

  #pixelOf(time: number): number {
    return Math.floor((time - this.#start) / this.#width)
  }

  #add(pixel: number, lowAt: number, low: number, highAt: number, high: number): void {
    const place = this.#places.get(pixel)
    if (place === undefined) {
      const made = this.#placeFor(pixel)
      this.#extremes.set([lowAt, low, highAt, high], made)
      return
    }
    const extremes = this.#extremes
    const [lowest, highest] = [extremes[place + 1] as number, extremes[place + 3] as number]
    if (low < lowest || (low === lowest && lowAt < (extremes[place] as number))) {
      extremes[place] = lowAt
      extremes[place + 1] = low
    }
    if (high > highest || (high === highest && highAt > (extremes[place + 2] as number))) {
      extremes[place + 2] = highAt
      extremes[place + 3] = high
    }
  }

  #placeFor(pixel: number): number {
    if (--this.#budget.left < 0) {
      throw problems.range_too_wide(
        `Pictures may hold ${mostPixels} pixels with points in all; ask for fewer series or pixels.`,
        {
          limit: mostPixels,
        },
      )
    }
    const place = this.#places.size * 4
    this.#places.set(pixel, place)
    if (place === this.#extremes.length) {
      const larger = new Float64Array(place * 2)
      larger.set(this.#extremes)
      this.#extremes = larger
    }
    return place
  }
}

function isSame(a: Sample, b: Sample | undefined): boolean {
  return a.time === b?.time && a.value === b.value
}
