import { lastInstant } from './instant.ts'
import type { RowPacker } from './packed-row.ts'
import type { SeriesName } from './point-store.ts'
import { type Precision, unitOf } from './precision.ts'

/** What a line was read as, up to the value of its only field. */
interface KnownLine {
  /** `climate,building=b1,sensor=nord co2=` */
  readonly begin: string
  readonly packer: RowPacker
  readonly series: SeriesName
  /** The line that followed it last: gateways tell the same series in the same order again and again. */
  next: KnownLine | undefined
}

const mostKnown = 10_000
/** Digits of a whole number that a float holds exactly, whatever they are. */
const exactDigits = 15
/** Microseconds of today have 16; beyond 2^53 nothing is kept. */
const mostTimeDigits = 16

/**
 * Lines that begin as one before them did, up to the value of their only field, and go on with a plain number and a timestamp: nearly
 * all that gateways send. What they mean is known, so that nothing is cut out of the text, looked up or checked again. Everything else
 * is left to `parseLine`, so that there is one place that says what a line means.
 */
export class RepeatedLines {
  readonly #unit: ReturnType<typeof unitOf>
  readonly #known = new Map<string, KnownLine>()
  #last: KnownLine | undefined

  constructor(precision: Precision) {
    this.#unit = unitOf(precision)
  }

  /** A line that was read: one field, a number. */
  remember(text: string, packer: RowPacker, series: SeriesName): void {
    if (this.#known.size >= mostKnown) return
    const begin = text.slice(0, text.lastIndexOf('=') + 1)
    const known = this.#known.get(begin) ?? { begin, packer, series, next: undefined }
    this.#known.set(begin, known)
    this.#follow(known)
  }

  /** Packs the point of the line that begins at a place. Answers the place behind its end; -1 where it is not such a line. */
  pack(text: string, at: number): number {
    const known = this.#knownAt(text, at)
    if (known === undefined) return -1
    let place = at + known.begin.length
    const isNegative = text.charCodeAt(place) === minus
    if (isNegative) place += 1
    const first = place
    let [whole, places] = [0, 0]
    let code = text.charCodeAt(place)
    for (; isDigit(code); code = text.charCodeAt(++place)) whole = whole * 10 + (code - zero)
    // `01` and `.5` are for those who know what they mean.
    if (place === first) return -1
    let digits = place - first
    if (code === point) {
      const from = ++place
      for (code = text.charCodeAt(place); isDigit(code); code = text.charCodeAt(++place)) whole = whole * 10 + (code - zero)
      places = place - from
      digits += places
    }
    if (digits > exactDigits || code !== space) return -1
    // A quotient of two whole numbers that are exact is the float nearest to it, which is what the digits mean.
    const value = places === 0 ? whole : whole / (powers[places] as number)
    const end = text.indexOf('\n', place)
    const time = end === -1 ? Number.NaN : this.#timeOf(text, place + 1, end)
    if (!(time < lastInstant)) return -1
    known.packer.addTo(known.series, time, isNegative ? -value : value)
    this.#follow(known)
    return end + 1
  }

  #knownAt(text: string, at: number): KnownLine | undefined {
    const next = this.#last?.next
    // A comparison of two texts, cut out or not, is four times as fast as `startsWith`.
    if (next !== undefined && text.slice(at, at + next.begin.length) === next.begin) return next
    const head = text.indexOf(' ', at)
    const equals = head === -1 ? -1 : text.indexOf('=', head)
    return equals === -1 ? undefined : this.#known.get(text.slice(at, equals + 1))
  }

  #follow(known: KnownLine): void {
    if (this.#last !== undefined) this.#last.next = known
    this.#last = known
  }

  /** Not a number where it is not digits alone, or too many. */
  #timeOf(text: string, from: number, to: number): number {
    const { cut, micros } = this.#unit
    if (to - from <= cut || to - from - cut > mostTimeDigits) return Number.NaN
    let whole = 0
    for (let place = from; place < to; place++) {
      const code = text.charCodeAt(place)
      if (!isDigit(code)) return Number.NaN
      if (place < to - cut) whole = whole * 10 + (code - zero)
    }
    return whole * micros
  }
}

const space = 0x20
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const nine = 0x39
const powers = Array.from({ length: exactDigits + 1 }, (_, digits) => 10 ** digits)

function isDigit(code: number): boolean {
  return code >= zero && code <= nine
}
