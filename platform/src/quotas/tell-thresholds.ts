import { sql } from '../isolation/statement.ts'
import { recurring } from '../jobs/recurring.ts'

/** Emits the events of thresholds that were reached. Due when one was noted, and not again before the next. */
export const tellThresholds = recurring({
  name: 'quotas.tell',
  handle: async ({ scope }) => {
    await scope.run(sql`select tenantry.tell_quota_thresholds()`, { lane: 'write' })
    return null
  },
})
