import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/api.ts'

export const operatorsQuery = queryOptions({
  queryKey: ['operators'],
  queryFn: async () => (await api.GET('/v1/operators')).data.items,
})
