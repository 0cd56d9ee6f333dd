import type { components, paths } from '@tenantry/client'

export type TenantRow = components['schemas']['TenantListing']
export type TenantQuery = NonNullable<paths['/v1/tenants']['get']['parameters']['query']>
export type TenantSort = NonNullable<TenantQuery['sort']>
export type Filter = Pick<TenantQuery, 'search' | 'status' | 'system' | 'tier' | 'health'>

/** What of the list stands in the address. */
export type TenantSearch = 'search' | 'status' | 'system' | 'tier' | 'health' | 'sort'

export const statuses = ['active', 'suspended', 'archived', 'deleted', 'provisioning'] as const
export const healthStates = ['healthy', 'warning', 'critical'] as const
export const sorts = ['-created', 'created', 'name', '-name', 'slug', '-slug', '-health', 'health'] as const
export const usualSort: TenantSort = '-created'

type Search = Partial<Record<TenantSearch, string>>

/** An address is typed by people: what no filter is, filters nothing. */
export function filterOf({ search, status, system, tier, health }: Search): Filter {
  return {
    ...(search && { search: search.slice(0, 40) }),
    ...(isOneOf(statuses, status) && { status }),
    ...(system && { system: system.slice(0, 64) }),
    ...(tier && { tier: tier.slice(0, 64) }),
    ...(isOneOf(healthStates, health) && { health }),
  }
}

export function sortOf({ sort }: Search): TenantSort {
  return isOneOf(sorts, sort) ? sort : usualSort
}

function isOneOf<Value extends string>(values: readonly Value[], text: string | undefined): text is Value {
  return text !== undefined && (values as readonly string[]).includes(text)
}
