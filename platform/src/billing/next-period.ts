import { changingPeriodOf } from '../periods/changing-periods.ts'
import { anchorAt, periodOf } from '../periods/period.ts'
import type { Span } from './proration.ts'
import type { Subscription } from './subscription.ts'

const intervals = { monthly: 'month', yearly: 'year' } as const

/** The period that begins at the end of the running one. A zone that the tenant changed meanwhile counts from here. */
export function nextPeriod(subscription: Subscription, timeZone: string): Span {
  return spanFrom(subscription, timeZone, intervals[subscription.interval], subscription.periodEnd)
}

/** The month of usage that begins at a moment: by the same anchor, also where the subscription is paid by the year. */
export function usageMonth(subscription: Subscription, from: string): Span {
  return spanFrom(subscription, subscription.timeZone, 'month', from)
}

/** The first period of a plan that begins at a moment, and the anchor of all that follow. */
export function firstPeriod(
  interval: Subscription['interval'],
  timeZone: string,
  at: string,
): Span & { readonly anchor: string } {
  const anchor = anchorAt(at, timeZone).slice(0, 19)
  // Midnight and other round times are written without their seconds.
  const complete = anchor.length === 16 ? `${anchor}:00` : anchor
  return { anchor: complete, start: at, end: periodOf({ anchor: complete, timeZone, interval: intervals[interval] }, at).end }
}

function spanFrom(
  { anchor, timeZone: before, periodStart }: Subscription,
  timeZone: string,
  interval: 'month' | 'year',
  from: string,
): Span {
  const rule = { anchor, timeZone: before, interval }
  if (timeZone === before) return { start: from, end: periodOf(rule, from).end }
  const changes = [
    { ...rule, since: null },
    { ...rule, timeZone, since: periodStart },
  ]
  return { start: from, end: changingPeriodOf(changes, from).end }
}
