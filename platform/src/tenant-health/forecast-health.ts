import type { UsageService } from '../usage/usage.ts'
import type { HealthContributor } from './health.ts'

/** Days in which somebody can still do something about it. */
const soon = 7
const day = 86_400_000

/** Limits that will be reached soon if days go on as they were. Those that are reached are the business of `quotas`. */
export const forecastHealth = (usage: Pick<UsageService, 'forecast'>): HealthContributor => ({
  name: 'forecast',
  assess: async (scope) => {
    const limits = await usage.forecast(scope)
    const ending = limits.flatMap(({ limit, max, used, runsOutAt, now }) => {
      const days = runsOutAt === null ? undefined : Math.ceil((Date.parse(runsOutAt) - Date.parse(now)) / day)
      return days === undefined || days > soon || max === null || used >= max ? [] : [[limit, days] as const]
    })
    if (ending.length === 0) return []
    return [
      {
        code: 'quota_runs_out',
        state: 'warning',
        message: 'Limits will be reached soon if days go on as they were (in days): take a larger plan in time, or use less.',
        numbers: Object.fromEntries(ending),
      },
    ]
  },
})
