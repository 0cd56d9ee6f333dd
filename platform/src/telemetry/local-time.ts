import { Temporal } from 'temporal-polyfill'
import { parseInstant } from './instant.ts'

/** A local time that its zone's clock shows never, or twice. */
export type LocalInstant = number | 'unreadable' | 'skipped' | { readonly earlier: number; readonly later: number }

const pattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2})(?::(\d{2}))(?::(\d{2})(\.\d{1,9})?)?$/

/**
 * Turns times without a zone into instants, in the zone that the sender told. One reader per upload:
 * it remembers the offset of each hour it met, because the calendar is slow and hours repeat.
 *
 * @example
 * const clock = new LocalClock('America/Los_Angeles')
 * clock.read('2016-08-01 00:00:00') // microseconds since 1970 UTC
 */
export class LocalClock {
  readonly zone: string
  readonly #offsets = new Map<string, number>()

  constructor(zone: string) {
    this.zone = zone
  }

  read(text: string): LocalInstant {
    const match = pattern.exec(text)
    if (!match) return 'unreadable'
    const [, day, hour, minute = '00', second = '00', fraction = ''] = match
    const asUtc = parseInstant(`${day}T${hour}:${minute}:${second}${fraction}Z`)
    if (asUtc === undefined) return 'unreadable'
    const key = `${day}T${hour}`
    const known = this.#offsets.get(key)
    if (known !== undefined) return asUtc - known
    const offset = this.#offsetOfHour(key)
    if (offset === undefined) return this.#aroundChange(`${key}:${minute}:${second}`, asUtc)
    if (this.#offsets.size > 20_000) this.#offsets.clear()
    this.#offsets.set(key, offset)
    return asUtc - offset
  }

  /** Undefined when the clock changes within the hour, or shows the hour twice or never. */
  #offsetOfHour(hour: string): number | undefined {
    const [first, last] = ['00:00', '59:59'].map((rest) => this.#possible(`${hour}:${rest}`))
    if (!first || !last || first.earlier !== first.later || last.earlier !== last.later) return undefined
    return first.earlier === last.earlier ? first.earlier : undefined
  }

  #aroundChange(local: string, asUtc: number): LocalInstant {
    const { earlier, later, skipped } = this.#possible(local)
    if (skipped) return 'skipped'
    if (earlier === later) return asUtc - earlier
    return { earlier: asUtc - earlier, later: asUtc - later }
  }

  /** The zone's offsets from UTC, in microseconds, at this local time. */
  #possible(local: string): { earlier: number; later: number; skipped: boolean } {
    const plain = Temporal.PlainDateTime.from(local)
    const earlier = plain.toZonedDateTime(this.zone, { disambiguation: 'earlier' })
    const later = plain.toZonedDateTime(this.zone, { disambiguation: 'later' })
    return {
      earlier: earlier.offsetNanoseconds / 1_000,
      later: later.offsetNanoseconds / 1_000,
      skipped: !earlier.toPlainDateTime().equals(plain),
    }
  }
}

/** An IANA name that both Node and PostgreSQL read alike: `+05:30` and the like mean the opposite of what they say to PostgreSQL. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]{2,}(?:[/_+-][A-Za-z0-9]+)*$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
