import { type Point, pointsPerRow, type SeriesName } from './point-store.ts'

/** Points as one row keeps them: each names its series by its place in `series`, from 1. */
export interface PackedRow {
  readonly series: readonly SeriesName[]
  readonly slots: Int16Array
  readonly times: Float64Array
  readonly values: Float64Array
  readonly firstAt: number
  readonly lastAt: number
}

/** Points for which there is room at first. */
const smallest = 256

/** Takes points one by one and gives out packed rows: what it holds is numbers, so a million points are a few megabytes. */
export class RowPacker {
  readonly rows: PackedRow[] = []
  count = 0
  #places = new Map<string, number>()
  /** By the object, where a reader hands in the same one again: a look at an address instead of at three texts. */
  #known = new Map<SeriesName, number>()
  #series: SeriesName[] = []
  /** Lists that rows are cut from: as long as the longest row yet needed, and what is sent is mostly small. */
  #slots = new Int16Array(smallest)
  #times = new Float64Array(smallest)
  #values = new Float64Array(smallest)
  #length = 0

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
    const at = this.#length++
    this.#slots[at] = place
    this.#times[at] = time
    this.#values[at] = value
    this.count += 1
    if (this.#length === pointsPerRow) this.#seal()
    else if (this.#length === this.#slots.length) this.#grow()
  }

  #grow(): void {
    const longer = Math.min(this.#length * 4, pointsPerRow)
    const [slots, times, values] = [new Int16Array(longer), new Float64Array(longer), new Float64Array(longer)]
    slots.set(this.#slots)
    times.set(this.#times)
    values.set(this.#values)
    this.#slots = slots
    this.#times = times
    this.#values = values
  }

  /** The rows, the last one perhaps short. */
  finish(): readonly PackedRow[] {
    if (this.#length > 0) this.#seal()
    return this.rows
  }

  #seal(): void {
    const slots = this.#slots.slice(0, this.#length)
    const times = this.#times.slice(0, this.#length)
    const values = this.#values.slice(0, this.#length)
    let firstAt = Number.POSITIVE_INFINITY
    let lastAt = 0
    for (let place = 0; place < times.length; place++) {
      const time = times[place] as number
      if (time < firstAt) firstAt = time
      if (time > lastAt) lastAt = time
    }
    this.rows.push({ series: this.#series, slots, times, values, firstAt, lastAt })
    this.#places = new Map()
    this.#known = new Map()
    this.#series = []
    this.#length = 0
  }
}
