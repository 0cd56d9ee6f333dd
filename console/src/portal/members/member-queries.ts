import { queryOptions } from '@tanstack/react-query'
import type { components, paths } from '@tenantry/client'
import { api } from '../../api/api.ts'
import { isBuiltIn } from './standing.ts'

export type Member = components['schemas']['Member']
type Query = NonNullable<paths['/v1/members']['get']['parameters']['query']>

/** What of the list stands in the address; `role` is a built-in one's name or the id of one of the tenant's own. */
export type MemberSearch = 'search' | 'role'

export function memberFilter({ search, role }: Partial<Record<MemberSearch, string>>): Query {
  return {
    ...(search && { search: search.slice(0, 100) }),
    ...(role && (isBuiltIn(role) ? { role } : /^[0-9a-f-]{36}$/i.test(role) && { customRoleId: role })),
  }
}

export const listMembers = async (query: Query) => (await api.GET('/v1/members', { params: { query } })).data

/** Whether there is but one: then he stays, and stays what he is. */
export const oneOwnerQuery = queryOptions({
  queryKey: ['members', 'owners'],
  queryFn: async () => (await listMembers({ role: 'owner', limit: 2 })).items.length === 1,
})
