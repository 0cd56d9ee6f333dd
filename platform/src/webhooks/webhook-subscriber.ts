import type { Subscriber } from '../events/event.ts'
import { addDeliveries } from './delivery-queries.ts'

/** Every event of a tenant, for those of its endpoints that want it. */
export const webhookSubscriber: Subscriber = {
  name: 'webhooks',
  events: ['*'],
  handle: async (event, { scope }) => {
    await addDeliveries(scope, event)
  },
}
