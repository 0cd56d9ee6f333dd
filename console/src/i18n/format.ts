import { locale } from './i18n.ts'

const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return keep(`n${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale, options))
}
function timeFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return keep(`d${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale, options))
}
/** Making one costs more than a hundred uses of it. */
function keep<Format extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => Format): Format {
  const format = (kept.get(key) as Format | undefined) ?? make()
  kept.set(key, format)
  return format
}

/** `12,345.6` */
export function showNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return numberFormat(options).format(value)
}
/** `a, b or c` */
export function showList(texts: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: 'disjunction' }).format(texts)
}
/** `0.42` -> `42 %` */
export function showShare(value: number): string {
  return numberFormat({ style: 'percent', maximumFractionDigits: value < 0.1 ? 1 : 0 }).format(value)
}
const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
/** `1.5 GB`, of 10^9 bytes as prices have them. */
export function showBytes(bytes: number): string {
  const step = bytes < 1_000 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(bytes) / 3))
  return numberFormat({ style: 'unit', unit: sizes[step] ?? 'byte', maximumFractionDigits: 1 }).format(bytes / 1_000 ** step)
}
/** Whole minor units, as the API has them: `(9900, 'GBP')` -> `£99.00`. */
export function showMoney(minor: number, currency: string): string {
  const format = numberFormat({ style: 'currency', currency })
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
/** Date and time in the visitor's zone, or in the one named. */
export function showTime(time: string | number, timeZone?: string): string {
  return timeFormat({ dateStyle: 'medium', timeStyle: 'short', ...(timeZone && { timeZone }) }).format(new Date(time))
}
export function showDate(time: string | number, timeZone?: string): string {
  return timeFormat({ dateStyle: 'medium', ...(timeZone && { timeZone }) }).format(new Date(time))
}

const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** `8 seconds ago`, `in 3 days` */
export function showAge(time: string | number, now = Date.now()): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000)
  const [unit, size] = steps.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit)
}
