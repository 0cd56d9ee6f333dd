import { Temporal } from 'temporal-polyfill'
import type { Window } from '../window.ts'
import type { Grid } from './influx-statement.ts'

/** Neighbouring windows of equal width, and the part of the asked span that lies in them; microseconds since 1970 UTC. */
export interface WindowRun extends Grid {
  readonly start: number
  readonly end: number
}

export interface ZonedSpan {
  readonly start: number
  readonly end: number
  readonly window: Window
  readonly timeZone: string
}

/**
 * InfluxDB knows windows of a fixed width only. Days of a zone are that between two changes of its clock, and parts of a day count
 * from local midnight: so a span falls into a few runs. Months are runs of one or two.
 *
 * @example
 * windowRuns({ start, end, window: parseWindow('1d')!, timeZone: 'Europe/London' }) // over a March: until the change, its day, after it
 */
export function windowRuns({ start, end, window, timeZone }: ZonedSpan): WindowRun[] {
  const runs: { origin: number; width: number; until: number }[] = []
  for (const [from, until] of calendarSteps(start, end, window, timeZone)) {
    const width = window.unit === 'minutes' ? window.minutes * 60_000_000 : until - from
    const last = runs.at(-1)
    const goesOn = last !== undefined && last.width === width && (from - last.origin) % width === 0
    // A day that its windows do not divide ends with a shorter one, which no grid has.
    if (goesOn && last.until === from) last.until = until
    else runs.push({ origin: from, width, until })
  }
  return runs.map(({ origin, width, until }) => ({
    origin,
    width,
    start: Math.max(origin, start),
    end: Math.min(until, end),
  }))
}

const steps = {
  minutes: { days: 1 },
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  year: { years: 1 },
} as const

/** The days (for parts of days, too), weeks, months or years that the span touches, each from its local midnight to the next. */
function* calendarSteps(start: number, end: number, { unit }: Window, timeZone: string): Generator<readonly [number, number]> {
  let date = firstDate(start, unit, timeZone)
  let from = midnight(date, timeZone)
  while (from < end) {
    date = date.add(steps[unit])
    const until = midnight(date, timeZone)
    yield [from, until]
    from = until
  }
}

function firstDate(start: number, unit: Window['unit'], timeZone: string): Temporal.PlainDate {
  const instant = Temporal.Instant.fromEpochMilliseconds(Math.floor(start / 1_000))
  const date = instant.toZonedDateTimeISO(timeZone).toPlainDate()
  if (unit === 'week') return date.subtract({ days: date.dayOfWeek - 1 })
  if (unit === 'month') return date.with({ day: 1 })
  if (unit === 'year') return date.with({ month: 1, day: 1 })
  return date
}

function midnight(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds * 1_000
}
