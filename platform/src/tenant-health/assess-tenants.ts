import type { Subscriber } from '../events/event.ts'
import { recurring } from '../jobs/recurring.ts'
import { assessment, assessSoon } from './tenant-health.ts'

/** Seconds between two looks at a tenant; a fifth more or less, so that those who began together spread. */
const interval = 300

/** Every five minutes. What is kept of the traffic for longer than it is compared goes on the way. */
export const assessTenants = recurring({
  name: assessment,
  concurrency: 4,
  handle: async ({ scope, services }) => {
    await services.tenantHealth.assess(scope)
    await services.traffic.prune(scope)
    return interval * (0.8 + Math.random() * 0.4)
  },
})

/** What happens to a tenant is not left lying for five minutes. */
export const healthSubscriber: Subscriber = {
  name: 'tenant-health',
  events: [
    'quota.exceeded',
    'quota.threshold_reached',
    'webhook.endpoint.disabled',
    'subscription.*',
    'invoice.failed',
    'invoice.paid',
  ],
  handle: (_event, { scope }) => assessSoon(scope),
}
