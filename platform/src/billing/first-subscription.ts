import { type SqlFragment, sql } from '../isolation/statement.ts'

/** Kind of the work that a subscription makes; `tenantry.first_subscription` schedules the first of it. */
export const subscriptionWork = 'billing.subscription'

/** The subscription that a tenant begins with, in the transaction that makes it. */
export function firstSubscription(): SqlFragment {
  return sql`select tenantry.first_subscription()`
}
