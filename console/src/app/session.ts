import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import type { paths } from '@tenantry/client'
import { api } from '../api/api.ts'
import type { Page } from './page.ts'

export type Session = paths['/v1/session']['get']['responses']['200']['content']['application/json']

const roles = ['viewer', 'user', 'manager', 'admin', 'owner']

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => (await api.GET('/v1/session')).data,
  staleTime: 60_000,
})

/** Who the visitor of the portal is in this tenant, and what he may. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data
}

export function may(session: Session, permission: string): boolean {
  return session.permissions.includes(permission)
}

/** What a page or an act asks of whoever opens or does it. */
export type Asked = Pick<Page, 'permission' | 'role' | 'wholeReach'>

/** The server asks again: this decides what is shown, not what is allowed. */
export function mayOpen(session: Session, { permission, role, wholeReach = false }: Asked): boolean {
  if (wholeReach && session.reach === 'granted') return false
  if (permission !== undefined && !may(session, permission)) return false
  return role === undefined || (session.role !== undefined && roles.indexOf(session.role) >= roles.indexOf(role))
}
