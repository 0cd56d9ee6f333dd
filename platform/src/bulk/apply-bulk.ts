import { recurring } from '../jobs/recurring.ts'

/** One turn per tenant and operation, whatever state the tenant is in: resuming is for those that are suspended. */
export const applyBulk = recurring({
  name: 'bulk.apply',
  concurrency: 4,
  tenantConcurrency: 1,
  inEveryState: true,
  handle: async ({ scope, ref, services, signal }) => {
    await services.bulk.apply(scope.context.tenantId, ref, signal)
    return null
  },
})
