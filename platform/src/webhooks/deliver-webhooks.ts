import { recurring } from '../jobs/recurring.ts'
import { deliverEndpoint } from './deliver-endpoint.ts'

/** Each endpoint by itself: one that is slow or dead takes a place of its own tenant, and nobody else's time. */
export const deliverWebhooks = recurring({
  name: 'webhooks.deliver',
  // A turn lets others go first before that, but not in the middle of its last attempt.
  timeout: 60,
  handle: ({ ref, ...context }) => deliverEndpoint(ref, context),
})
