import { queryOptions } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { api } from '../../api/api.ts'

export type Tenant = components['schemas']['Tenant']

/** Its record, which is no content of the tenant: no reason is asked for it. */
export const tenantQuery = (tenantId: string) =>
  queryOptions({
    queryKey: ['tenant', tenantId],
    queryFn: async () => (await api.GET('/v1/tenants/{tenantId}', { params: { path: { tenantId } } })).data,
  })

export interface TabProps {
  readonly tenant: Tenant
}
