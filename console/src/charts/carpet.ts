import { partsIn } from './zoned-time.ts'

export interface Carpet {
  /** `2026-03-29`, each that lies between the first and the last. */
  readonly days: readonly string[]
  /** Place of the day, hour on its clocks, value. What was not measured has none. */
  readonly cells: readonly (readonly [day: number, hour: number, value: number])[]
}

/** Hours as a carpet of days. An hour that the clocks showed twice is the mean of both. Times in seconds since 1970. */
export function carpetOf(times: readonly number[], values: readonly number[], zone: string): Carpet {
  const sums = new Map<string, { day: number; hour: number; sum: number; count: number }>()
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [index, time] of times.entries()) {
    const { year, month, day: ofMonth, hour } = partsIn(zone, time * 1_000)
    const day = Date.UTC(year, month - 1, ofMonth) / 86_400_000
    first = Math.min(first, day)
    last = Math.max(last, day)
    const key = `${day} ${hour}`
    const cell = sums.get(key) ?? { day, hour, sum: 0, count: 0 }
    cell.sum += values[index] as number
    cell.count += 1
    sums.set(key, cell)
  }
  if (sums.size === 0) return { days: [], cells: [] }
  const days = Array.from({ length: last - first + 1 }, (_, n) => new Date((first + n) * 86_400_000).toISOString().slice(0, 10))
  return { days, cells: [...sums.values()].map(({ day, hour, sum, count }) => [day - first, hour, sum / count]) }
}
