import { sql } from '../isolation/statement.ts'
import { recurring } from '../jobs/recurring.ts'
import { refreshEntitlements } from './plans.ts'

/**
 * Tidies up when an override or an add-on of a tenant has ended. Nobody waits for it: whoever decides looks at the clock himself.
 * It only keeps `max` and `version` in `tenantry.limits` from being old, and keeps the look quick.
 */
export const refreshPlans = recurring({
  name: 'plans.refresh',
  async handle({ scope }) {
    const [, [next]] = await scope.batch([refreshEntitlements, secondsUntilNext], { lane: 'write' })
    return next?.seconds ?? null
  },
})

const secondsUntilNext = sql<{ seconds: number | null }>`
  select greatest(1, extract(epoch from min(until) - tenantry.clock()))::float8 as seconds from tenantry.limits`
