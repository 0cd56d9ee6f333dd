import { problems } from '../problems/catalogue.ts'
import { inOrder, merged, type PointRun, partOf, placeOf } from './point-runs.ts'

/** A packed row as it was stored. */
export interface StoredRow {
  readonly id: string
  readonly receivedAt: number
  readonly firstAt: number
  readonly series: readonly string[]
  /** For each point the place of its series in `series`, from 1. */
  readonly slots: Int16Array
  readonly times: Float64Array
  readonly values: Float64Array
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
    for (const [place, run] of runsOf(row).entries()) {
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

/** A row's points by series, in the places of `series`, each as they stand in the row: copies, for the row's lists are not kept. */
function runsOf({ series, slots, times, values }: StoredRow): PointRun[] {
  const ends = new Int32Array(series.length + 2)
  for (let place = 0; place < slots.length; place++) {
    const behind = (slots[place] as number) + 1
    ends[behind] = (ends[behind] as number) + 1
  }
  for (let slot = 1; slot < ends.length; slot++) ends[slot] = (ends[slot] as number) + (ends[slot - 1] as number)
  const next = ends.slice()
  const sorted = { times: new Float64Array(times.length), values: new Float64Array(times.length) }
  for (let place = 0; place < slots.length; place++) {
    const slot = slots[place] as number
    const at = next[slot] as number
    next[slot] = at + 1
    sorted.times[at] = times[place] as number
    sorted.values[at] = values[place] as number
  }
  return series.map((_, place) => partOf(sorted, ends[place + 1] as number, ends[place + 2] as number))
}
