import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/api.ts'

/** All limits of the tenant, and how far each is used. */
export const quotasQuery = queryOptions({
  queryKey: ['quotas'],
  queryFn: async () => (await api.GET('/v1/quotas')).data.items,
  refetchInterval: 30_000,
})
