import { quarter, wholeHour } from './quarters.ts'
import type { Span } from './stored-rows.ts'

/**
 * The quarters of an hour that are not read from rollups: those that marks name, of one series each, and those that a window's
 * beginning cuts apart, of all series. An hour that has one, or is cut itself, is not read as a whole.
 */
export class StaleQuarters {
  readonly #marked = new Map<string, Set<number>>()
  readonly #cut = new Set<number>()
  readonly #hours = new Map<string, Set<number>>()
  readonly #cutHours = new Set<number>()
  /** How many marks named. */
  count = 0

  /** `starts`: where windows begin, in order. */
  constructor(starts: Float64Array) {
    for (const start of starts) {
      if (start % wholeHour === 0) continue
      this.#cutHours.add(start - (start % wholeHour))
      if (start % quarter !== 0) this.#cut.add(start - (start % quarter))
    }
  }

  mark(seriesId: string, bucket: number): void {
    const marked = setOf(this.#marked, seriesId)
    if (marked.has(bucket)) return
    marked.add(bucket)
    this.count += 1
    setOf(this.#hours, seriesId).add(bucket - (bucket % wholeHour))
  }

  has(seriesId: string, bucket: number): boolean {
    return this.#cut.has(bucket) || this.#marked.get(seriesId)?.has(bucket) === true
  }

  hasHour(seriesId: string, hour: number): boolean {
    return this.#cutHours.has(hour) || this.#hours.get(seriesId)?.has(hour) === true
  }

  /** The hours of all series whose quarters are read, in order. */
  get cutHours(): readonly number[] {
    return [...this.#cutHours].sort(ascending)
  }

  /** The further ones of each series. */
  *markedHours(): Generator<readonly [seriesId: string, hours: readonly number[]]> {
    for (const [seriesId, hours] of this.#hours) {
      yield [seriesId, [...hours].filter((hour) => !this.#cutHours.has(hour)).sort(ascending)]
    }
  }

  /** The quarters of any series, in order. */
  get all(): readonly number[] {
    const all = new Set(this.#cut)
    for (const marked of this.#marked.values()) for (const bucket of marked) all.add(bucket)
    return [...all].sort(ascending)
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

function setOf<T>(sets: Map<string, Set<T>>, key: string): Set<T> {
  let set = sets.get(key)
  if (set === undefined) {
    set = new Set()
    sets.set(key, set)
  }
  return set
}

const ascending = (a: number, b: number) => a - b
