import type { Span } from './stored-rows.ts'

/** Stretches out of date, beyond which rollups are not worth the trouble: a year of a point each minute was just sent, some thirty times. */
const mostMarked = 1_000_000

/**
 * The stretches of one width, quarters of an hour or hours, that are not read from rollups: those in which a mark names a quarter, of
 * one series each, and those that a window's beginning cuts apart, of all series.
 */
export class StaleStretches {
  readonly width: number
  /** By their places since 1970: small whole numbers are looked up faster than instants. */
  readonly #marked = new Map<string, Set<number>>()
  readonly #cut = new Set<number>()
  #count = 0

  /** `starts`: where windows begin, in order. */
  constructor(width: number, starts: ArrayLike<number> = []) {
    this.width = width
    for (let index = 0; index < starts.length; index++) {
      const start = starts[index] as number
      const place = Math.floor(start / width)
      if (place * width !== start) this.#cut.add(place)
    }
  }

  /** Whatever of a series reaches into a span. */
  mark(seriesId: string, { start, end }: Span): void {
    const [first, behind] = [Math.floor(start / this.width), Math.ceil(end / this.width)]
    if (this.isTooMany || behind - first > mostMarked) {
      this.#count = Number.POSITIVE_INFINITY
      return
    }
    let marked = this.#marked.get(seriesId)
    if (marked === undefined) {
      marked = new Set()
      this.#marked.set(seriesId, marked)
    }
    const before = marked.size
    for (let place = first; place < behind; place++) marked.add(place)
    this.#count += marked.size - before
  }

  get isTooMany(): boolean {
    return this.#count > mostMarked
  }

  /** Tells of the stretches of a series, by their places since 1970, whether they are stale. */
  of(seriesId: string): (place: number) => boolean {
    const [cut, marked] = [this.#cut, this.#marked.get(seriesId)]
    if (marked === undefined) return cut.size === 0 ? () => false : (place) => cut.has(place)
    return (place) => marked.has(place) || cut.has(place)
  }

  /** Where those of all series begin, in order. */
  get cut(): readonly number[] {
    return this.#instants(this.#cut)
  }

  /** The further ones of each series. */
  *marked(): Generator<readonly [seriesId: string, starts: readonly number[]]> {
    for (const [seriesId, marked] of this.#marked) {
      yield [seriesId, this.#instants([...marked].filter((place) => !this.#cut.has(place)))]
    }
  }

  /** Those of any series, in order. */
  get all(): readonly number[] {
    const all = new Set(this.#cut)
    for (const marked of this.#marked.values()) for (const place of marked) all.add(place)
    return this.#instants(all)
  }

  #instants(places: Iterable<number>): number[] {
    return [...places].sort((a, b) => a - b).map((place) => place * this.width)
  }
}

/** Stretches of equal width as spans: what lies at most `gap` apart is one. */
export function spansOf(starts: readonly number[], width: number, gap = 0): Span[] {
  const spans: { start: number; end: number }[] = []
  for (const start of starts) {
    const last = spans.at(-1)
    if (last !== undefined && start - last.end <= gap) last.end = start + width
    else spans.push({ start, end: start + width })
  }
  return spans
}
