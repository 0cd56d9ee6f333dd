import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'

/** A scope of the platform's own in a tenant: one statement decides for many callers, and outlives each of them. */
export type OpenMeterScope = (tenantId: string) => TenantScope

const keeper = { kind: 'system', id: '00000000-0000-7000-8000-71756f746173' } as const

export function meterScopes(scope: (options: ScopeOptions) => TenantScope): OpenMeterScope {
  return (tenantId) => scope({ tenantId, actor: keeper })
}
