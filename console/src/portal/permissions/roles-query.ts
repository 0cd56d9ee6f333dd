import { queryOptions } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { api } from '../../api/api.ts'

export type RoleList = components['schemas']['RoleList']
export type CustomRole = components['schemas']['CustomRole']
export type RoleName = RoleList['builtIn'][number]['name']

/** From the lowest to the highest. */
export const roleNames = ['viewer', 'user', 'manager', 'admin', 'owner'] as const satisfies readonly RoleName[]

export function rankOf(role: RoleName | undefined): number {
  return role === undefined ? -1 : roleNames.indexOf(role)
}

/** Built-in roles, the tenant's own, and every permission there is; needs `roles:read`. */
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async () => (await api.GET('/v1/roles')).data,
  staleTime: 60_000,
})
