import type { HealthContributor } from './health.ts'

/** Fewer tell nothing: one failed request of three is no rate. */
const fewest = 20
const errorRates = { warning: 0.01, critical: 0.05 } as const

/** Of the last hour. */
export const errorHealth: HealthContributor = {
  name: 'errors',
  assess: async (_scope, { requestsLastHour, errorsLastHour }) => {
    if (requestsLastHour < fewest) return []
    const rate = errorsLastHour / requestsLastHour
    if (rate < errorRates.warning) return []
    const state = rate >= errorRates.critical ? 'critical' : 'warning'
    const message = 'Requests fail, or are refused by a quota: see the traffic of the last hour.'
    return [{ code: 'errors', state, message, numbers: { requests: requestsLastHour, errors: errorsLastHour, rate } }]
  },
}

const idleAfterDays = 14

export const idleHealth: HealthContributor = {
  name: 'idle',
  assess: async (_scope, { idleDays }) => {
    if (idleDays < idleAfterDays) return []
    const message = 'Nobody has signed in and no key was used for two weeks: ask whether they need help.'
    return [{ code: 'idle', state: 'warning', message, numbers: { days: idleDays } }]
  },
}

/** A week's requests that are worth comparing. */
const comparable = 100
const fallen = 0.3

/** This week beside the one before. */
export const trendHealth: HealthContributor = {
  name: 'trend',
  assess: async (_scope, { requests, requestsBefore, idleDays }) => {
    if (requestsBefore < comparable || requests > requestsBefore * fallen || idleDays >= idleAfterDays) return []
    const message = 'Use has fallen to less than a third of the week before: ask whether something keeps them from their work.'
    return [{ code: 'use_fell', state: 'warning', message, numbers: { requests, requestsBefore } }]
  },
}
