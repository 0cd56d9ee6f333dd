import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/api.ts'
import { quiet, useInside } from './inside.tsx'

/** Roles and permissions that there are in the tenant; its own roles are named by their ids. */
export function useTenantRoles() {
  const { params, tenantId } = useInside()
  return useQuery({
    queryKey: ['tenant', tenantId, 'roles'],
    queryFn: async () => (await api.GET('/v1/tenants/{tenantId}/roles', { params })).data,
    ...quiet,
  })
}
