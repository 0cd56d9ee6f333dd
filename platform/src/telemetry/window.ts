/**
 * A window is a number and a unit: `15m`, `1h`, `1d`, `1w`, `1mo`, `1y`. Days and longer follow the parent's own time zone,
 * over clock changes; shorter ones count from local midnight, so they divide a day.
 */
export interface Window {
  readonly text: string
  /** What date_trunc or date_bin cuts by. */
  readonly unit: 'minutes' | 'day' | 'week' | 'month' | 'year'
  /** For `minutes`: how many. */
  readonly minutes: number
}

const minutesPerDay = 1_440

const calendar = { d: 'day', w: 'week', mo: 'month', y: 'year' } as const
const shortest = { day: minutesPerDay, week: 7 * minutesPerDay, month: 28 * minutesPerDay, year: 365 * minutesPerDay } as const

/** Undefined when the text is no window. */
export function parseWindow(text: string): Window | undefined {
  const match = /^([1-9]\d{0,3})(m|h|d|w|mo|y)$/.exec(text)
  if (!match) return undefined
  const count = Number(match[1])
  const unit = match[2] as 'm' | 'h' | keyof typeof calendar
  if (unit === 'm' || unit === 'h') {
    const minutes = unit === 'h' ? count * 60 : count
    return minutesPerDay % minutes === 0 && minutes < minutesPerDay ? { text, unit: 'minutes', minutes } : undefined
  }
  return count === 1 ? { text, unit: calendar[unit], minutes: 0 } : undefined
}

/** At most this many windows of one series lie in a span of microseconds. */
export function windowsWithin(window: Window, span: number): number {
  const minutes = window.unit === 'minutes' ? window.minutes : shortest[window.unit]
  return Math.ceil(span / (minutes * 60_000_000)) + 1
}
