import { BlockReader, BlockWriter } from './block-bytes.ts'
import { mostBytesOfFloats, readFloats, writeFloats } from './number-lists.ts'
import { type PointRun, partOf } from './point-runs.ts'
import { bytesOfArray, readFloats as readFloatArray, readInstants, readSmallints } from './read-binary.ts'

/**
 * How a packed row keeps its points: one list of bytes, a section for each of its series, in which the points stand in the order in
 * which they came. A section says how many points it has and how many bytes follow, then their times and their values. Times mostly
 * cost nothing: sensors are read at even intervals, and a gateway's many at once.
 */
const formats = { arrays: 0, sections: 1 } as const
const kinds = { asBefore: 0, even: 1, spaced: 2 } as const

/** Microseconds: intervals are told in the largest of which all of a section are multiples. */
const units = [60_000_000, 1_000_000, 1_000, 1] as const
/** Of a section, without its intervals and values: count, length, kinds, first time, first interval. */
const headBytes = 40
/** 7 bits a byte, for 2^54. */
const mostBytesOfInterval = 8

/** Points as they are sent: each names its series by its place, from 1. */
export interface SlottedPoints {
  readonly slots: ArrayLike<number>
  readonly times: ArrayLike<number>
  readonly values: ArrayLike<number>
}

/** Points by series, in the places of a row's series, each series in the order in which its points came. */
export function runsOf({ slots, times, values }: SlottedPoints, series: number): PointRun[] {
  const ends = new Int32Array(series + 2)
  for (let place = 0; place < slots.length; place++) {
    const behind = (slots[place] as number) + 1
    ends[behind] = (ends[behind] as number) + 1
  }
  for (let slot = 1; slot < ends.length; slot++) ends[slot] = (ends[slot] as number) + (ends[slot - 1] as number)
  const next = ends.slice()
  const sorted = { times: new Float64Array(slots.length), values: new Float64Array(slots.length) }
  for (let place = 0; place < slots.length; place++) {
    const slot = slots[place] as number
    const at = next[slot] as number
    next[slot] = at + 1
    sorted.times[at] = times[place] as number
    sorted.values[at] = values[place] as number
  }
  return Array.from({ length: series }, (_, place) => partOf(sorted, ends[place + 1] as number, ends[place + 2] as number))
}

/**
 * The bytes of points, by series in the places of their row's.
 *
 * @example
 * const block = writeBlock(runsOf({ slots: [1, 2], times: [at, at], values: [21.5, 40] }, 2))
 */
export function writeBlock(runs: readonly PointRun[]): Buffer {
  const most = runs.reduce(
    (sum, { times }) => sum + headBytes + times.length * mostBytesOfInterval + mostBytesOfFloats(times.length),
    1,
  )
  const writer = new BlockWriter(most)
  writer.byte(formats.sections)
  let before: Float64Array | undefined
  for (const { times, values } of runs) {
    writer.varint(times.length)
    if (times.length === 0) continue
    const end = writer.length()
    writeTimes(writer, times, before)
    writeFloats(writer, values)
    end()
    before = times
  }
  return writer.written()
}

/**
 * The points of a row by series, each in the order in which they came. Of series that are not wanted there are none: they are passed over.
 * Lists may be shared between series; do not change them.
 */
export function readBlock(
  block: Buffer,
  series: readonly string[],
  isWanted: (seriesId: string) => boolean = () => true,
): PointRun[] {
  if (block[0] === formats.arrays) return runsOf(arraysOf(block.subarray(1)), series.length)
  const reader = new BlockReader(block)
  if (reader.byte() !== formats.sections) throw new RangeError(`Points are packed in a form that is not known: ${block[0]}.`)
  const times = new SharedTimes(reader)
  return series.map((id) => {
    const count = reader.varint()
    if (count === 0) return nothing
    const end = reader.length() + reader.at
    times.enter(count)
    if (!isWanted(id)) {
      reader.at = end
      return nothing
    }
    const run = { times: times.read(), values: new Float64Array(count) }
    readFloats(reader, run.values)
    return run
  })
}

const nothing: PointRun = { times: new Float64Array(0), values: new Float64Array(0) }

/** Times of sections, of which one may say that it has those of the section before it: also where that one was passed over. */
class SharedTimes {
  readonly #reader: BlockReader
  #from = 0
  #count = 0
  #times: Float64Array | undefined

  constructor(reader: BlockReader) {
    this.#reader = reader
  }

  /** The reader stands where a section's times begin. */
  enter(count: number): void {
    if (this.#reader.peek() === kinds.asBefore) return
    this.#from = this.#reader.at
    this.#count = count
    this.#times = undefined
  }

  read(): Float64Array {
    const reader = this.#reader
    if (reader.peek() !== kinds.asBefore) {
      this.#times = readTimes(reader, this.#count)
      return this.#times
    }
    const behind = reader.at + 1
    if (this.#times === undefined) {
      reader.at = this.#from
      this.#times = readTimes(reader, this.#count)
    }
    reader.at = behind
    return this.#times
  }
}

function writeTimes(writer: BlockWriter, times: Float64Array, before: Float64Array | undefined): void {
  if (before !== undefined && isSame(times, before)) {
    writer.byte(kinds.asBefore)
    return
  }
  const [first = 0, second = 0] = times
  const interval = times.length > 1 ? second - first : 0
  let [isEven, finest] = [true, 0]
  for (let place = 1; place < times.length; place++) {
    const each = (times[place] as number) - (times[place - 1] as number)
    if (each !== interval) isEven = false
    while (each % (units[finest] as number) !== 0) finest += 1
  }
  writer.byte(isEven ? kinds.even : kinds.spaced)
  writer.float(first)
  if (isEven) {
    if (times.length > 1) writer.float(interval)
    return
  }
  writer.byte(finest)
  const unit = units[finest] as number
  for (let place = 1; place < times.length; place++) {
    writer.zigzag(((times[place] as number) - (times[place - 1] as number)) / unit)
  }
}

function readTimes(reader: BlockReader, count: number): Float64Array {
  const times = new Float64Array(count)
  const kind = reader.byte()
  let time = reader.float()
  times[0] = time
  if (kind === kinds.even) {
    const interval = count > 1 ? reader.float() : 0
    for (let place = 1; place < count; place++) times[place] = time += interval
    return times
  }
  const unit = units[reader.byte()]
  if (kind !== kinds.spaced || unit === undefined) throw new RangeError(`Times are packed in a form that is not known: ${kind}.`)
  for (let place = 1; place < count; place++) times[place] = time += reader.zigzag() * unit
  return times
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false
  for (let place = 0; place < a.length; place++) if (a[place] !== b[place]) return false
  return true
}

/** Three arrays in PostgreSQL's binary form: what rows were stored as before they were packed. */
function arraysOf(bytes: Buffer): SlottedPoints {
  const slots = bytesOfArray(bytes, 2)
  const times = bytesOfArray(bytes.subarray(slots.length), 8)
  return {
    slots: readSmallints(slots),
    times: readInstants(times),
    values: readFloatArray(bytes.subarray(slots.length + times.length)),
  }
}
