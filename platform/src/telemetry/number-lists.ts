import type { BlockReader, BlockWriter } from './block-bytes.ts'

/**
 * Lists of float8 as bytes: what sensors send are decimals of a few places, which are whole numbers of a thousandth or so whose
 * differences take a byte or two. Everything else is kept bit by bit.
 */
const raw = 255
const powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] as const
/** Whole numbers below it have differences that 32 bits hold. */
const mostWhole = 2 ** 30

/** What a list takes at most: its kind, and of each number eight bytes. */
export const mostBytesOfFloats = (count: number): number => 1 + 8 * count

export function writeFloats(writer: BlockWriter, values: Float64Array): void {
  const digits = digitsOf(values)
  if (digits === undefined) {
    writer.byte(raw)
    for (let place = 0; place < values.length; place++) writer.float(values[place] as number)
    return
  }
  writer.byte(digits)
  const power = powers[digits] as number
  let before = 0
  for (let place = 0; place < values.length; place++) {
    const whole = Math.round((values[place] as number) * power)
    writer.zigzag32(whole - before)
    before = whole
  }
}

/** Fills the first `count` places of a list. */
export function readFloats(reader: BlockReader, values: Float64Array, count = values.length): void {
  const digits = reader.byte()
  if (digits === raw) {
    reader.floats(values, count)
    return
  }
  const power = powers[digits]
  if (power === undefined) throw new RangeError(`A list of numbers is of a kind that is not known: ${digits}.`)
  reader.sums(values, count, power)
}

/** Fewest places behind the point with which every value is told exactly; undefined where there are none. */
function digitsOf(values: Float64Array): number | undefined {
  let [digits, place] = [0, 0]
  while (place < values.length) {
    if (isWhole(values[place] as number, powers[digits] as number)) place += 1
    else if (++digits === powers.length) return undefined
    // What was whole with fewer places is so with more, but may be too large.
    else place = 0
  }
  return digits
}

function isWhole(value: number, power: number): boolean {
  const whole = Math.round(value * power)
  return whole / power === value && whole < mostWhole && whole > -mostWhole && (whole !== 0 || !Object.is(value, -0))
}
