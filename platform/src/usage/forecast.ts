/** What a forecast rests on. Times are milliseconds since the epoch. */
export interface Course {
  /** Null is unlimited. */
  readonly max: number | null
  readonly used: number
  /** What was added on each of the last full days, oldest first. */
  readonly perDay: readonly number[]
  readonly now: number
  /** When `used` begins anew; undefined for what stays. */
  readonly resetsAt?: number | undefined
}

/** `null` where the limit will be reached; otherwise why it will not, or why nobody can say. */
export type NotReached = 'unlimited' | 'too_few_days' | 'not_growing' | 'resets_before'

export interface Forecast {
  /** When it is reached if days go on as they were on average; null if it is not. */
  readonly at: number | null
  /** Four times in five it is reached between these two; null for not at all. */
  readonly earliest: number | null
  readonly latest: number | null
  readonly because: NotReached | null
}

/** Fewer days say nothing of how much they differ. */
const fewestDays = 3
/** Of the normal distribution: a tenth lies beyond on either side. */
const tenth = 1.2816
const day = 86_400_000

/**
 * When a limit is reached. Days are taken to be alike and independent, so after t days about m t was used, give or take
 * s √(t + t²/n): the days to come differ by s, and m itself is known from n days only. Each end of the range is where that
 * meets what remains.
 *
 * @example
 * forecast({ max: 1_000, used: 400, perDay: [100, 100, 100], now }) // at: six days from now, and so are both ends
 */
export function forecast({ max, used, perDay, now, resetsAt }: Course): Forecast {
  const never = (because: NotReached) => ({ at: null, earliest: null, latest: null, because })
  if (max === null) return never('unlimited')
  const remains = max - used
  if (remains <= 0) return { at: now, earliest: now, latest: now, because: null }
  const n = perDay.length
  if (n < fewestDays) return never('too_few_days')
  const mean = perDay.reduce((sum, each) => sum + each, 0) / n
  if (mean <= 0) return never('not_growing')
  const variance = perDay.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1)
  const momentAfter = (days: number | null): number | null => {
    if (days === null) return null
    const moment = now + days * day
    return moment > latestMoment || (resetsAt !== undefined && moment >= resetsAt) ? null : Math.round(moment)
  }
  // (m t - r)² = z² s² (t + t²/n), solved for t.
  const spread = tenth ** 2 * variance
  const a = mean ** 2 - spread / n
  const b = 2 * mean * remains + spread
  const root = Math.sqrt(Math.max(0, b ** 2 - 4 * a * remains ** 2))
  const at = momentAfter(remains / mean)
  return {
    at,
    earliest: momentAfter((2 * remains ** 2) / (b + root)),
    latest: momentAfter(a > 0 ? (b + root) / (2 * a) : null),
    because: at !== null ? null : resetsAt === undefined ? 'not_growing' : 'resets_before',
  }
}

/** Of the year 9999: what is further away is never. */
const latestMoment = 253_370_764_800_000
