import { showNumber } from '../i18n/format.ts'
import { partsIn } from './zoned-time.ts'

const day = 86_400
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * What stands below the marks of a time axis, in the visitor's language and on the clocks of the zone: time within a day, the date
 * where one begins, months where marks are weeks apart. Seconds since 1970; `apart` is how far marks are from each other.
 */
export function axisTexts(marks: readonly number[], apart: number, zone: string, locale: string): string[] {
  const show = (options: Intl.DateTimeFormatOptions, mark: number) => formatOf(options, zone, locale).format(mark * 1_000)
  return marks.map((mark) => {
    if (apart >= 28 * day) return show({ month: 'short', year: 'numeric' }, mark)
    const { hour, minute } = partsIn(zone, mark * 1_000)
    if (apart >= day || (hour === 0 && minute === 0 && apart >= 60)) return show({ day: 'numeric', month: 'short' }, mark)
    return show({ hour: 'numeric', minute: '2-digit', ...(apart < 60 && { second: '2-digit' }) }, mark)
  })
}

function formatOf(options: Intl.DateTimeFormatOptions, timeZone: string, locale: string): Intl.DateTimeFormat {
  const key = JSON.stringify([options, timeZone, locale])
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, timeZone })
  formats.set(key, format)
  return format
}

/** Beside the marks of a value axis: as many places as tell one from the next, and large numbers short. */
export function valueTexts(marks: readonly number[], apart: number): string[] {
  const places = Math.max(0, Math.min(6, -Math.floor(Math.log10(apart))))
  return marks.map((mark) =>
    apart >= 1_000 ? showNumber(mark, { notation: 'compact' }) : showNumber(mark, { maximumFractionDigits: places }),
  )
}
