import { type SqlFragment, sql } from '../isolation/statement.ts'
import { formatInstant } from './instant.ts'
import type { Window } from './window.ts'

/** Microseconds of a rollup's quarter of an hour. Quarters begin at whole ones of UTC. */
export const quarter = 900_000_000

/** Microseconds of an hour above the quarters. Hours begin at whole ones of UTC. */
export const wholeHour = 4 * quarter

/** There are no rollups of what was measured before this: those points are always read themselves. */
export const firstQuarter = Date.UTC(2012, 0, 1) * 1_000

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

/** Whether hours are worth reading: those that no window's beginning cuts apart. */
export function holdsHours(window: Window): boolean {
  return window.unit !== 'minutes' || window.minutes % 60 === 0
}

/** Whether quarters are: those that no window's beginning cuts apart, as it does in a zone that changes its clock within one. */
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
