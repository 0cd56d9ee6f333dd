import { sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { LeaseRate, RateGrant } from './shared-rates.ts'

/** Who asks, in the audit's words. */
const rateKeeper = { kind: 'system', id: '00000000-0000-7000-8000-726174656b70' } as const

/** Takes requests of a rate in the tenant's own scope; `name` is the limit's, `window` in seconds. */
export function leaseRateIn(scope: (options: ScopeOptions) => TenantScope, name: string, window: number): LeaseRate {
  return async (tenantId, requests, wanted) => {
    const grant = await scope({ tenantId, actor: rateKeeper }).first(
      sql<RateGrant>`select granted, remaining, retry_after, full_in
        from tenantry.lease_rate(${name}, ${requests}::bigint, ${window}::integer, ${wanted}::integer)`,
      { lane: 'write' },
    )
    if (grant === undefined) throw new Error('A lease answers what it granted.')
    return grant
  }
}
