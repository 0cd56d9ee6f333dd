import { type Period, type PeriodRule, periodOf } from './period.ts'

export interface PeriodChange extends PeriodRule {
  /** RFC 3339; null for the rule that held from the first. */
  readonly since: string | null
}

/**
 * The period that `at` lies in where anchor or zone were changed: a change takes effect when the period ends in which it was made.
 * The first period under a new rule lasts to the end of the one that begins nearest, so that a change of the zone makes no period
 * of a few hours with a quota of its own. `changes` in the order of time, the first one since ever; of several made in one period
 * the last counts.
 */
export function changingPeriodOf(changes: readonly PeriodChange[], at: string): Omit<Period, 'index'> {
  const [first, ...later] = changes
  if (first === undefined) throw new RangeError('There is no rule for periods.')
  let rule: PeriodRule = first
  let from: string | undefined
  for (const [position, change] of later.entries()) {
    const boundary = stitched(rule, from, change.since ?? at).end
    if (isBefore(at, boundary)) break
    const next = later[position + 1]
    if (next?.since != null && isBefore(next.since, boundary)) continue
    rule = change
    from = boundary
  }
  return stitched(rule, from, at)
}

/** Periods of one rule from where it took effect. */
function stitched(rule: PeriodRule, from: string | undefined, at: string): Omit<Period, 'index'> {
  const { start, end } = periodOf(rule, at)
  if (from === undefined) return { start, end }
  const around = periodOf(rule, from)
  const nearEnd = Date.parse(around.end) - Date.parse(from) < Date.parse(from) - Date.parse(around.start)
  const firstEnd = nearEnd ? periodOf(rule, around.end).end : around.end
  return isBefore(at, firstEnd) ? { start: from, end: firstEnd } : { start, end }
}

const isBefore = (one: string, other: string) => Date.parse(one) < Date.parse(other)
