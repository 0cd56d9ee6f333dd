/**
 * Times of points: microseconds since 1970 UTC, as a number. That is exact until the year 2255,
 * and finer than what any sensor means; nanoseconds are cut.
 */

const pattern = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/

/** Later than this is refused here; more than a day ahead of the clock is refused by the database, which has the clock. */
export const lastInstant = Date.UTC(2255, 0, 1) * 1_000

/** Reads RFC 3339 with an offset; undefined for anything else, a day that does not exist or a time before 1970. */
export function parseInstant(text: string): number | undefined {
  const match = pattern.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match
  const milliseconds = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  // Date.UTC rolls 30 February over to March; a time that does not come back as it went in does not exist.
  if (new Date(milliseconds).toISOString().slice(0, 19) !== `${year}-${month}-${day}T${hour}:${minute}:${second}`)
    return undefined
  const offset = offsetMinutes(zone)
  if (offset === undefined) return undefined
  const instant = (milliseconds - offset * 60_000) * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6))
  return instant >= 0 && instant < lastInstant ? instant : undefined
}

/** RFC 3339 in UTC, with as many digits as it takes: `2026-03-29T01:00:00Z`, `…00.000125Z`. */
export function formatInstant(instant: number): string {
  const seconds = Math.floor(instant / 1_000_000)
  const text = new Date(seconds * 1_000).toISOString().slice(0, 19)
  const micros = instant - seconds * 1_000_000
  return micros === 0
    ? `${text}Z`
    : `${text}.${String(micros)
        .padStart(6, '0')
        .replace(/(000)$/, '')}Z`
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  if (hours > 23 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
