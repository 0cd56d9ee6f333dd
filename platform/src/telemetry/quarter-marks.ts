import { BlockReader, BlockWriter } from './block-bytes.ts'
import { type Figures, noFigures } from './day-figures.ts'
import { mostBytesOfFloats, readFloats, writeFloats } from './number-lists.ts'
import type { PointRun } from './point-runs.ts'
import { type QuarterSum, setSum, sumOf } from './quarter-sums.ts'
import { quarter } from './quarters.ts'

/** The quarters of an hour of each series in which a packed row has points: parallel lists, each pair once, series after series. */
export interface RowQuarters {
  /** Places of series in the row, from 1. */
  readonly slots: readonly number[]
  /** Where the quarters begin, microseconds since 1970 UTC. */
  readonly buckets: readonly number[]
  /** What the row's points of each pair add up to; undefined where it may hold one time of a series twice. */
  readonly parts: Figures | undefined
}

/**
 * In one pass over a row whose series each run forward in time, as gateways send them. Then no time is there twice, and what a
 * quarter adds up to is known here already: the rollup need not unpack the row again, unless another row has points in that quarter.
 */
export function quartersOf(runs: readonly PointRun[]): RowQuarters {
  const slots: number[] = []
  const buckets: number[] = []
  const sums: QuarterSum[] = []
  for (const [index, { times, values }] of runs.entries()) {
    for (let place = 0; place < times.length; ) {
      const first = place
      const bucket = (times[place] as number) - ((times[place] as number) % quarter)
      const end = bucket + quarter
      while (place < times.length && (times[place] as number) < end) {
        if (place > 0 && (times[place] as number) <= (times[place - 1] as number)) return pairsOf(runs)
        place += 1
      }
      slots.push(index + 1)
      buckets.push(bucket)
      sums.push(sumOf(values, first, place))
    }
  }
  const parts = noFigures(sums.length)
  for (const [place, sum] of sums.entries()) setSum(parts, place, sum)
  return { slots, buckets, parts }
}

function pairsOf(runs: readonly PointRun[]): RowQuarters {
  const slots: number[] = []
  const buckets: number[] = []
  for (const [index, { times }] of runs.entries()) {
    for (const place of new Set(times.map((time) => Math.floor(time / quarter)))) {
      slots.push(index + 1)
      buckets.push(place * quarter)
    }
  }
  return { slots, buckets, parts: undefined }
}

const formats = { untold: 0, told: 1 } as const
const lists = ['sums', 'mins', 'maxs', 'lasts'] as const
/** Its slot's difference, its quarter's, its count. */
const mostBytesOfPair = 20

/** As a mark keeps them. */
export function writeQuarters({ slots, buckets, parts }: RowQuarters): Buffer {
  const pairs = slots.length
  const writer = new BlockWriter(10 + pairs * mostBytesOfPair + lists.length * mostBytesOfFloats(pairs))
  writer.byte(parts === undefined ? formats.untold : formats.told)
  writer.varint(pairs)
  let [slot, bucket] = [0, 0]
  for (let pair = 0; pair < pairs; pair++) {
    writer.zigzag((slots[pair] as number) - slot)
    writer.zigzag(((buckets[pair] as number) - bucket) / quarter)
    slot = slots[pair] as number
    bucket = buckets[pair] as number
  }
  if (parts === undefined) return writer.written()
  for (const count of parts.counts) writer.varint(count)
  for (const list of lists) writeFloats(writer, parts[list])
  return writer.written()
}

export function readQuarters(bytes: Buffer): RowQuarters {
  const reader = new BlockReader(bytes)
  const format = reader.byte()
  if (format !== formats.untold && format !== formats.told) {
    throw new RangeError(`Quarters are packed in a form that is not known: ${format}.`)
  }
  const pairs = reader.varint()
  const slots: number[] = []
  const buckets: number[] = []
  let [slot, bucket] = [0, 0]
  for (let pair = 0; pair < pairs; pair++) {
    slot += reader.zigzag()
    bucket += reader.zigzag() * quarter
    slots.push(slot)
    buckets.push(bucket)
  }
  if (format === formats.untold) return { slots, buckets, parts: undefined }
  const parts = noFigures(pairs)
  for (let pair = 0; pair < pairs; pair++) parts.counts[pair] = reader.varint()
  for (const list of lists) readFloats(reader, parts[list])
  return { slots, buckets, parts }
}
