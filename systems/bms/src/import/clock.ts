import { LocalClock } from 'tenantry'

/** Begins where the caller says, in the zone the caller says: these files carry no year, or no times at all. */
export interface Start {
  /** Local time at which the first hour begins: `2016-07-31T23:00`. */
  readonly local: string
  /** IANA name, or a fixed offset like `-05:00`. */
  readonly zone: string
}

export const microsecondsPerHour = 3_600_000_000

/** The instant, in microseconds since 1970 UTC. */
export function startInstant({ local, zone }: Start): number {
  const instant = new LocalClock(zone).read(local)
  if (typeof instant === 'number') return instant
  if (instant === 'unreadable') throw new RangeError(`The start "${local}" is not a local time like 2016-07-31T23:00.`)
  if (instant === 'skipped') throw new RangeError(`The start ${local} does not exist in ${zone}: the clock was put forward then.`)
  throw new RangeError(`The start ${local} comes twice in ${zone}. Give the zone as a fixed offset, for example -05:00.`)
}
