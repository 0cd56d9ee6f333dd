import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/api.ts'

/** They change with the installation's code alone. */
export const systemsQuery = queryOptions({
  queryKey: ['systems'],
  queryFn: async () => (await api.GET('/v1/systems')).data.items,
  staleTime: 600_000,
})

export const planVersionsQuery = (system: string) =>
  queryOptions({
    queryKey: ['plan-versions', system],
    queryFn: async () => (await api.GET('/v1/systems/{system}/plans', { params: { path: { system } } })).data,
    staleTime: 60_000,
  })
