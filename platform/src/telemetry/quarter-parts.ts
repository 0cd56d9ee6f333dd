import type { PackedRow } from './packed-row.ts'
import { mostSummed, quarter } from './quarters.ts'

/** The quarters of an hour of each series in which a packed row has points: parallel lists, each pair once. */
export interface RowQuarters {
  readonly slots: readonly number[]
  readonly buckets: readonly number[]
  /** What the row's points of each pair add up to; undefined where it may hold one time of a series twice. */
  readonly parts: QuarterParts | undefined
}

export interface QuarterParts {
  readonly counts: readonly number[]
  /** Not a number where a value is too large to be summed. */
  readonly sums: readonly number[]
  readonly mins: readonly number[]
  readonly maxs: readonly number[]
  readonly lasts: readonly number[]
}

/**
 * In one pass over a row whose series each run forward in time, as gateways send them. Then no time is there twice, and what a
 * quarter adds up to is known here already: the rollup need not unpack the row again, unless another row has points in that quarter.
 */
export function quartersOf(row: PackedRow): RowQuarters {
  const slots: number[] = []
  const buckets: number[] = []
  const counts: number[] = []
  const sums: number[] = []
  const mins: number[] = []
  const maxs: number[] = []
  const lasts: number[] = []
  const newest: number[] = []
  const placeOf: number[] = []
  for (let index = 0; index < row.times.length; index++) {
    const slot = row.slots[index] as number
    const time = row.times[index] as number
    const value = row.values[index] as number
    const summed = Math.abs(value) < mostSummed ? value : Number.NaN
    const before = newest[slot]
    if (before !== undefined && time <= before) return { ...pairsOf(row), parts: undefined }
    newest[slot] = time
    const place = placeOf[slot]
    const bucket = time - (time % quarter)
    if (place === undefined || buckets[place] !== bucket) {
      placeOf[slot] = slots.push(slot) - 1
      buckets.push(bucket)
      counts.push(1)
      sums.push(summed)
      mins.push(value)
      maxs.push(value)
      lasts.push(value)
      continue
    }
    counts[place] = (counts[place] as number) + 1
    sums[place] = (sums[place] as number) + summed
    if (value < (mins[place] as number)) mins[place] = value
    if (value > (maxs[place] as number)) maxs[place] = value
    lasts[place] = value
  }
  return { slots, buckets, parts: { counts, sums, mins, maxs, lasts } }
}

const mostSlots = 2 ** 15

function pairsOf(row: PackedRow): Pick<RowQuarters, 'slots' | 'buckets'> {
  const pairs = new Set<number>()
  for (let index = 0; index < row.times.length; index++) {
    pairs.add(Math.floor((row.times[index] ?? 0) / quarter) * mostSlots + (row.slots[index] ?? 0))
  }
  const slots: number[] = []
  const buckets: number[] = []
  for (const pair of pairs) {
    slots.push(pair % mostSlots)
    buckets.push(Math.floor(pair / mostSlots) * quarter)
  }
  return { slots, buckets }
}
