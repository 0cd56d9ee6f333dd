import { type SqlFragment, sql } from '../isolation/statement.ts'
import { formatInstant } from './instant.ts'
import type { Window } from './window.ts'

/** Microseconds of a rollup's quarter of an hour. Quarters begin at whole ones of UTC. */
export const quarter = 900_000_000

export const quarterOf = (at: SqlFragment): SqlFragment => sql`date_bin('15 minutes', ${at}, timestamptz 'epoch')`

/** Microseconds of an hour above the quarters. Hours begin at whole ones of UTC. */
export const wholeHour = 4 * quarter

export const hourOf = (at: SqlFragment): SqlFragment => sql`date_bin('1 hour', ${at}, timestamptz 'epoch')`

/**
 * Before this a zone's clock could change within a quarter (Newfoundland at one minute past midnight), so that a quarter lay in two
 * windows; points from then are always read themselves.
 */
export const firstQuarter = Date.UTC(2012, 0, 1) * 1_000

/** The quarters since then in which some zone did so all the same: Casey station in Antarctica. A test asks all zones. */
export const unevenQuarters: readonly number[] = [
  Date.UTC(2020, 9, 3, 16) * 1_000,
  Date.UTC(2021, 9, 2, 16) * 1_000,
  Date.UTC(2022, 9, 1, 16) * 1_000,
]

/** The whole quarters within a span for which there may be rollups, and what of the span lies outside of them. */
export interface QuarteredSpan {
  readonly start: number
  readonly end: number
  readonly outside: readonly { readonly start: number; readonly end: number }[]
}

/** Undefined when there are none. */
export function quartersWithin(span: { readonly start: number; readonly end: number }): QuarteredSpan | undefined {
  const start = Math.max(Math.ceil(span.start / quarter) * quarter, firstQuarter)
  const end = Math.floor(span.end / quarter) * quarter
  if (end <= start) return undefined
  const outside = [
    { start: span.start, end: start },
    { start: end, end: span.end },
  ].filter((part) => part.start < part.end)
  return { start, end, outside }
}

/** The whole hours within whole quarters; undefined when there are none. */
export function hoursWithin(quarters: QuarteredSpan): { readonly start: number; readonly end: number } | undefined {
  const start = Math.ceil(quarters.start / wholeHour) * wholeHour
  const end = Math.floor(quarters.end / wholeHour) * wholeHour
  return start < end ? { start, end } : undefined
}

/** Whether any whole hour of rollups lies within a span. */
export function hasHours(span: { readonly start: number; readonly end: number }): boolean {
  const quarters = quartersWithin(span)
  return quarters !== undefined && hoursWithin(quarters) !== undefined
}

/** Whether each whole hour lies in one window as a whole, where the parent's days begin at one. */
export function holdsHours(window: Window): boolean {
  return window.unit !== 'minutes' || window.minutes % 60 === 0
}

/** Whether each quarter lies in one window as a whole. */
export function holdsQuarters(window: Window): boolean {
  return window.unit !== 'minutes' || window.minutes % 15 === 0
}

/**
 * A value above it is left out of a sum, and the sum then is null: nine hundred million of the greatest below it, which is what a
 * quarter can hold, are a float8 still, so no tenant's values make the statement fail.
 */
export const mostSummed = 1e290

export function instantLiteral(instant: number): SqlFragment {
  return sql`${formatInstant(instant)}::timestamptz`
}
