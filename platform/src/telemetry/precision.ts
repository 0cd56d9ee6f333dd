import { lastInstant } from './instant.ts'

/** Units of timestamps that InfluxDB's clients may choose; both versions' names. */
export const precisions = ['ns', 'n', 'us', 'u', 'ms', 's', 'm', 'h'] as const
export type Precision = (typeof precisions)[number]

const microseconds: Readonly<Record<Exclude<Precision, 'ns' | 'n'>, number>> = {
  us: 1,
  u: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
}

/** Digits at the end that are cut, and microseconds that what is left counts. */
export function unitOf(precision: Precision): { readonly cut: number; readonly micros: number } {
  // Nanoseconds of today are beyond the whole numbers that a float holds.
  return precision === 'ns' || precision === 'n' ? { cut: 3, micros: 1 } : { cut: 0, micros: microseconds[precision] }
}

/** Microseconds since 1970 of a whole number; undefined before 1970 and beyond what is kept. Nanoseconds are cut. */
export function readTimestamp(text: string, precision: Precision): number | undefined {
  const { cut, micros } = unitOf(precision)
  const time = Number(text.slice(0, text.length - cut) || '0') * micros
  return !text.startsWith('-') && time < lastInstant ? time : undefined
}
