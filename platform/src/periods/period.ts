import { Temporal } from 'temporal-polyfill'

/** How long a period is: calendar lengths in local time, hours as they elapse. */
export type PeriodInterval = 'hour' | 'day' | 'month' | 'year'

export interface PeriodRule {
  /** Local time at which period 0 begins, without a zone: `2026-01-31T00:00:00`. */
  readonly anchor: string
  /** IANA name. */
  readonly timeZone: string
  readonly interval: PeriodInterval
}

/** Half-open: `start` belongs to it, `end` to the next. */
export interface Period {
  /** RFC 3339 in UTC. */
  readonly start: string
  /** RFC 3339 in UTC. */
  readonly end: string
  /** Counted from the anchor's; negative before it. */
  readonly index: number
}

const unitOf = { hour: 'hours', day: 'days', month: 'months', year: 'years' } as const

/**
 * The period that `at` (RFC 3339) lies in. Every start is reckoned from the anchor itself, so the 31st of January, the 28th of
 * February and the 31st of March follow each other. A local time that the clock skips begins with the first instant after the gap,
 * one that it shows twice with the first of the two.
 *
 * @throws RangeError for an anchor, a zone or an instant that cannot be read.
 * @example
 * periodOf({ anchor: '2026-01-31T00:00:00', timeZone: 'America/New_York', interval: 'month' }, '2026-03-01T12:00:00Z')
 * // { start: '2026-02-28T05:00:00Z', end: '2026-03-31T04:00:00Z', index: 1 }
 */
export function periodOf(rule: PeriodRule, at: string): Period {
  const anchor = Temporal.PlainDateTime.from(rule.anchor)
  const moment = Temporal.Instant.from(at)
  const startOf = (index: number) => startOfPeriod(rule, anchor, index)
  let index = estimate(rule, anchor, moment)
  while (Temporal.Instant.compare(startOf(index), moment) > 0) index--
  while (Temporal.Instant.compare(startOf(index + 1), moment) <= 0) index++
  return { start: startOf(index).toString(), end: startOf(index + 1).toString(), index }
}

/** The local time in a zone of an instant: the anchor of what begins then. */
export function anchorAt(at: string, timeZone: string): string {
  return Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDateTime().toString()
}

function startOfPeriod({ timeZone, interval }: PeriodRule, anchor: Temporal.PlainDateTime, index: number): Temporal.Instant {
  // Hours go by elapsed time: the hour that a clock shows twice is two periods, the one that it skips is none.
  if (interval === 'hour') return firstInstantOf(anchor, timeZone).add({ hours: index })
  return firstInstantOf(anchor.add({ [unitOf[interval]]: index }), timeZone)
}

function firstInstantOf(local: Temporal.PlainDateTime, timeZone: string): Temporal.Instant {
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  if (earlier.toPlainDateTime().equals(local)) return earlier.toInstant()
  const change = earlier.getTimeZoneTransition('next')
  if (change === null) throw new RangeError(`${timeZone} skips ${local} without a change of its clock.`)
  return change.toInstant()
}

/** Right but for one: clocks and lengths of months decide the rest. */
function estimate({ timeZone, interval }: PeriodRule, anchor: Temporal.PlainDateTime, moment: Temporal.Instant): number {
  const unit = unitOf[interval]
  if (interval === 'hour') return Math.floor(moment.since(firstInstantOf(anchor, timeZone)).total('hours'))
  const local = moment.toZonedDateTimeISO(timeZone).toPlainDateTime()
  return anchor.until(local, { largestUnit: unit })[unit]
}
