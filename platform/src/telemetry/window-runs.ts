import { dayOf, startOfDay } from './midnights.ts'
import type { Window } from './window.ts'

/** Windows of equal width in microseconds; one of them begins at `origin`. */
export interface Grid {
  readonly origin: number
  readonly width: number
}

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
 * Days of a zone have one width between two changes of its clock, and parts of a day count from local midnight: so a span falls into a
 * few runs. On the day the clock goes back, the hour that comes twice is two windows; in a zone like Kathmandu (+5:45) hours begin
 * at the local hour. Months are runs of one or two.
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

/** Where each window of a span begins, in order; the first may begin before the span does. */
export function windowStarts(span: ZonedSpan): Float64Array {
  const runs = windowRuns(span).map(({ origin, width, start, end }) => {
    const first = start - ((start - origin) % width)
    return { first, width, windows: Math.ceil((end - first) / width) }
  })
  const starts = new Float64Array(runs.reduce((sum, { windows }) => sum + windows, 0))
  let place = 0
  for (const { first, width, windows } of runs) {
    for (let window = 0; window < windows; window++) starts[place++] = first + window * width
  }
  return starts
}

/** The days (for parts of days, too), weeks, months or years that the span touches, each from its local midnight to the next. */
function* calendarSteps(start: number, end: number, { unit }: Window, timeZone: string): Generator<readonly [number, number]> {
  let day = firstDay(dayOf(start, timeZone), unit)
  let from = startOfDay(day, timeZone)
  while (from < end) {
    day = followingDay(day, unit)
    const until = startOfDay(day, timeZone)
    // A zone that moved over the date line left a day out.
    if (until > from) yield [from, until]
    from = until
  }
}

function firstDay(day: number, unit: Window['unit']): number {
  // 1970-01-01 was a Thursday.
  if (unit === 'week') return day - ((((day + 3) % 7) + 7) % 7)
  if (unit === 'month') return inCalendar(day, (year, month) => [year, month])
  if (unit === 'year') return inCalendar(day, (year) => [year, 0])
  return day
}

function followingDay(day: number, unit: Window['unit']): number {
  if (unit === 'week') return day + 7
  if (unit === 'month') return inCalendar(day, (year, month) => [year, month + 1])
  if (unit === 'year') return inCalendar(day, (year) => [year + 1, 0])
  return day + 1
}

const dayMilliseconds = 86_400_000

function inCalendar(day: number, firstOf: (year: number, month: number) => readonly [year: number, month: number]): number {
  const date = new Date(day * dayMilliseconds)
  return Date.UTC(...firstOf(date.getUTCFullYear(), date.getUTCMonth())) / dayMilliseconds
}
