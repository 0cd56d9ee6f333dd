import { formatInstant } from './instant.ts'
import { type Point, pointsPerRow, type SeriesName } from './point-store.ts'

/** Points as one row keeps them: each names its series by its place in `series`, from 1. */
export interface PackedRow {
  readonly series: readonly SeriesName[]
  readonly slots: readonly number[]
  readonly times: readonly number[]
  readonly values: readonly number[]
  readonly firstAt: number
  readonly lastAt: number
}

/** Takes points one by one and gives out packed rows: what it holds is numbers, so a million points are a few megabytes. */
export class RowPacker {
  readonly rows: PackedRow[] = []
  count = 0
  #places = new Map<string, number>()
  /** By the object, where a reader hands in the same one again: a look at an address instead of at three texts. */
  #known = new Map<SeriesName, number>()
  #series: SeriesName[] = []
  #slots: number[] = []
  #times: number[] = []
  #values: number[] = []

  add(point: Point): void {
    this.#push(this.#placeOf(point), point.time, point.value)
  }

  /** As `add`, for who keeps one object for each series and names it by that. */
  addTo(series: SeriesName, time: number, value: number): void {
    let place = this.#known.get(series)
    if (place === undefined) {
      place = this.#placeOf(series)
      this.#known.set(series, place)
    }
    this.#push(place, time, value)
  }

  #placeOf({ pointType, unit, name }: SeriesName): number {
    // The three never contain a NUL: schemas refuse it, so the joined text is unambiguous.
    const key = `${pointType}\0${unit}\0${name}`
    let place = this.#places.get(key)
    if (place === undefined) {
      place = this.#series.push({ pointType, unit, name })
      this.#places.set(key, place)
    }
    return place
  }

  #push(place: number, time: number, value: number): void {
    this.#slots.push(place)
    this.#times.push(time)
    this.#values.push(value)
    this.count += 1
    if (this.#times.length === pointsPerRow) this.#seal()
  }

  /** The rows, the last one perhaps short. */
  finish(): readonly PackedRow[] {
    if (this.#times.length > 0) this.#seal()
    return this.rows
  }

  #seal(): void {
    let firstAt = Number.POSITIVE_INFINITY
    let lastAt = 0
    for (const time of this.#times) {
      if (time < firstAt) firstAt = time
      if (time > lastAt) lastAt = time
    }
    this.rows.push({ series: this.#series, slots: this.#slots, times: this.#times, values: this.#values, firstAt, lastAt })
    this.#places = new Map()
    this.#known = new Map()
    this.#series = []
    this.#slots = []
    this.#times = []
    this.#values = []
  }
}

/** PostgreSQL's text form of the row's times. Written by hand: a driver's general one quotes each of 5,000 elements. */
export function timesLiteral(row: PackedRow): string {
  return `{${row.times.map(formatInstant).join(',')}}`
}
