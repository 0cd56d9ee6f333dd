import { problems } from '../problems/catalogue.ts'

/** Windows that one answer holds in memory, over all its series. */
export const mostAnswered = 500_000

export function tooManyWindows() {
  return problems.range_too_wide(`An answer may hold ${mostAnswered} windows at most.`, { limit: mostAnswered })
}
