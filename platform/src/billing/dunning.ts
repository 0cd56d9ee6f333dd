import type { Debts } from './invoice-queries.ts'

/** Days after an invoice fell due on which nothing but reminders happens. */
export const daysUntilPaused = 14
/** Days that a subscription is paused before it is given up. */
export const daysPaused = 30

export interface Dunning {
  readonly state: 'active' | 'past_due' | 'paused' | 'canceled'
  /** When time alone changes it; null where nothing is open. RFC 3339. */
  readonly nextAt: string | null
}

/**
 * What open invoices do to a subscription. Nobody loses what he paid for: while a paid period lasts it goes on, however old a debt is.
 */
export function dunningOf({ overdueSince, nextDueAt, paidThrough }: Debts, now: string): Dunning {
  if (overdueSince === null) return { state: 'active', nextAt: nextDueAt }
  const pausedAt = latest(plusDays(overdueSince, daysUntilPaused), paidThrough)
  const canceledAt = plusDays(pausedAt, daysPaused)
  if (Date.parse(now) < Date.parse(pausedAt)) return { state: 'past_due', nextAt: pausedAt }
  if (Date.parse(now) < Date.parse(canceledAt)) return { state: 'paused', nextAt: canceledAt }
  return { state: 'canceled', nextAt: null }
}

export function plusDays(at: string, days: number): string {
  return new Date(Date.parse(at) + days * 86_400_000).toISOString()
}

function latest(one: string, other: string | null): string {
  return other !== null && Date.parse(other) > Date.parse(one) ? other : one
}
