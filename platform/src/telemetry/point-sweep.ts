import { problems } from '../problems/catalogue.ts'
import { inOrder, merged, type PointRun, partOf, placeOf } from './point-runs.ts'

/** A packed row as it was stored. */
export interface StoredRow {
  readonly id: string
  readonly receivedAt: number
  readonly firstAt: number
  readonly lastAt: number
  readonly series: readonly string[]
  /** Its points by series, in the places of `series`, each in the order in which they came. Of series that nobody asked for there are none. */
  readonly runs: readonly PointRun[]
}

interface Waiting {
  readonly run: PointRun
  readonly receivedAt: number
  readonly id: string
}

/** Points that wait for rows which may have others of their time: 80 MB. Packed rows of one time must be many for so many. */
const mostWaiting = 5_000_000

/**
 * Which points count, of rows that come in the order of `firstAt`: of one series and time the one received last, of one row the one
 * that stands last in it. What lies before the beginning of a row can meet nothing of it, nor of those behind, so it is told
 * then and forgotten: what is held is what overlaps.
 *
 * `tell` gets points of one series at a time, each series forward in time, each time once.
 */
export class PointSweep {
  readonly #waiting: ReadonlyMap<string, Waiting[]>
  readonly #tell: (seriesId: string, run: PointRun) => void
  #count = 0

  constructor(seriesIds: readonly string[], tell: (seriesId: string, run: PointRun) => void) {
    this.#waiting = new Map(seriesIds.map((id) => [id, []]))
    this.#tell = tell
  }

  add(row: StoredRow): void {
    for (const [place, run] of row.runs.entries()) {
      const seriesId = row.series[place] ?? ''
      const waiting = this.#waiting.get(seriesId)
      if (waiting === undefined || run.times.length === 0) continue
      if (waiting.length > 0) this.#settle(seriesId, waiting, row.firstAt)
      waiting.push({ run: inOrder(run), receivedAt: row.receivedAt, id: row.id })
      this.#count += run.times.length
    }
    if (this.#count > mostWaiting) {
      throw problems.range_too_wide('Too many points of this span overlap; ask for a shorter one, or for fewer series.', {
        limit: mostWaiting,
      })
    }
  }

  finish(): void {
    for (const [seriesId, waiting] of this.#waiting) this.#settle(seriesId, waiting, Number.POSITIVE_INFINITY)
  }

  #settle(seriesId: string, waiting: Waiting[], before: number): void {
    const settled: Waiting[] = []
    let left = 0
    for (const each of waiting) {
      const { run } = each
      const to = placeOf(run.times, before)
      if (to > 0) settled.push({ ...each, run: partOf(run, 0, to) })
      if (to < run.times.length) waiting[left++] = { ...each, run: partOf(run, to, run.times.length) }
      this.#count -= to
    }
    waiting.length = left
    if (settled.length > 0) this.#tell(seriesId, merged(settled.sort(byReceipt).map(({ run }) => run)))
  }
}

function byReceipt(a: Waiting, b: Waiting): number {
  return a.receivedAt - b.receivedAt || (a.id < b.id ? -1 : 1)
}
