import type { Quota } from '../quotas/quota.ts'

/** The quota of which most is used, as it was last counted. */
export interface FullestQuota {
  readonly meter: string
  /** With what is held by reservations. */
  readonly used: number
  readonly max: number
  /** Null for what has no period. */
  readonly period: Quota['period']
}

/** Null where nothing is limited. Of two that are as full the first by name, so that a list does not flicker. */
export function fullestOf(quotas: readonly Quota[]): FullestQuota | null {
  const [fullest] = quotas
    .filter(({ percentage }) => percentage !== null)
    .toSorted((a, b) => (b.percentage ?? 0) - (a.percentage ?? 0) || (a.meter < b.meter ? -1 : 1))
  if (fullest === undefined) return null
  const { meter, used, reserved, max, period } = fullest
  return { meter, used: (used ?? 0) + reserved, max: max ?? 0, period }
}
