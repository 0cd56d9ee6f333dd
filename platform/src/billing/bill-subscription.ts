import { recurring } from '../jobs/recurring.ts'
import { subscriptionWork } from './first-subscription.ts'

/** Each subscription by itself, when something of it is due: periods, cancellations, dunning, and once a day what was reported late. */
export const billSubscription = recurring({
  name: subscriptionWork,
  whileReadOnly: true,
  handle: ({ scope, services }) => services.billing.work(scope),
})
