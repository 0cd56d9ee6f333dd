/** Whole minor units of one currency: 1050 is 10.50. Never a fraction: rounding happens once, where an amount is made. */
export type Minor = number

/**
 * `part` of `whole` times an amount, half a unit away from zero. By whole numbers, so that it is exact for every amount there is.
 *
 * @example shareOf(1000, 10, 30) // 333
 */
export function shareOf(amount: Minor, part: number, whole: number): Minor {
  if (whole <= 0) throw new RangeError('A share needs a whole.')
  const doubled = 2n * BigInt(amount) * BigInt(part)
  const divisor = 2n * BigInt(whole)
  const half = BigInt(whole) * (doubled < 0n ? -1n : 1n)
  return Number((doubled + half) / divisor)
}

/** `INR 10,000.00`: with the currency's code, which every reader and every typeface knows. */
export function formatMoney(amount: Minor, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amount / 10 ** digits).replaceAll('\u00a0', ' ')
}
