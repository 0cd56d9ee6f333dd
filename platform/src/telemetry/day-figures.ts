import { BlockReader, BlockWriter } from './block-bytes.ts'
import { mostBytesOfFloats, readFloats, writeFloats } from './number-lists.ts'

/** What the points of even stretches of a day add up to, a place for each: 24 hours or 96 quarters of an hour. */
export interface Figures {
  /** 0 for a stretch without points, whose other figures mean nothing. */
  readonly counts: Int32Array
  /** Not a number where a value is too large to be summed. */
  readonly sums: Float64Array
  readonly mins: Float64Array
  readonly maxs: Float64Array
  readonly lasts: Float64Array
}

export type FigureName = 'sums' | 'mins' | 'maxs' | 'lasts'
const names: readonly FigureName[] = ['sums', 'mins', 'maxs', 'lasts']

const format = 0

export const allFigures: ReadonlySet<FigureName> = new Set(names)

/** Lists that are not `needed` have no places. */
export function noFigures(places: number, needed = allFigures): Figures {
  const list = (name: FigureName) => new Float64Array(needed.has(name) ? places : 0)
  return { counts: new Int32Array(places), sums: list('sums'), mins: list('mins'), maxs: list('maxs'), lasts: list('lasts') }
}

/** The counts of all places, then each list of those that have points, with its length, so that a reader may pass it over. */
export function writeFigures(figures: Figures): Buffer {
  const places = figures.counts.length
  const writer = new BlockWriter(1 + places * 5 + names.length * (3 + mostBytesOfFloats(places)))
  writer.byte(format)
  for (const count of figures.counts) writer.varint(count)
  for (const name of names) {
    const end = writer.length()
    writeFloats(
      writer,
      figures[name].filter((_, place) => figures.counts[place] !== 0),
    )
    end()
  }
  return writer.written()
}

/** Into lists of the caller's own, all of one length. */
export function readFigures(bytes: Buffer, into: Figures): Figures {
  return readFiguresAt(new BlockReader(bytes), into, allFigures)
}

/**
 * Those that begin where the reader stands: thousands are read for an answer, and a reader for each would be most of the work. Of lists that
 * are not `needed` nothing is read.
 */
export function readFiguresAt(reader: BlockReader, into: Figures, needed: ReadonlySet<FigureName>): Figures {
  const found = reader.byte()
  if (found !== format) throw new RangeError(`Figures are packed in a form that is not known: ${found}.`)
  const { counts } = into
  let filled = 0
  for (let place = 0; place < counts.length; place++) {
    counts[place] = reader.varint()
    if (counts[place] !== 0) filled += 1
  }
  for (const name of names) {
    const end = reader.length() + reader.at
    if (needed.has(name)) readSpread(reader, into[name], counts, filled)
    reader.at = end
  }
  return into
}

function readSpread(reader: BlockReader, list: Float64Array, counts: Int32Array, filled: number): void {
  readFloats(reader, list, filled)
  if (filled === counts.length) return
  // From behind, so that no number is overwritten before it has been moved.
  for (let place = counts.length - 1, from = filled; place >= 0; place--)
    list[place] = counts[place] === 0 ? 0 : (list[--from] as number)
}
