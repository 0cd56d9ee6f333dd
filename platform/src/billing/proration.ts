import { type Minor, shareOf } from './money.ts'

export interface Span {
  /** RFC 3339. */
  readonly start: string
  /** RFC 3339; belongs to what follows. */
  readonly end: string
}

/**
 * What is left of a period's price from a moment on, to the second.
 *
 * @example
 * remainderOf(3000, { start: '2026-06-01T00:00:00Z', end: '2026-07-01T00:00:00Z' }, '2026-06-16T00:00:00Z') // 1500
 */
export function remainderOf(price: Minor, { start, end }: Span, from: string): Minor {
  const whole = secondsBetween(start, end)
  const left = Math.min(whole, Math.max(0, secondsBetween(from, end)))
  return whole === 0 ? 0 : shareOf(price, left, whole)
}

export function secondsBetween(start: string, end: string): number {
  return Math.floor((Date.parse(end) - Date.parse(start)) / 1_000)
}
