import { queryOptions } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { api } from '../../api/api.ts'

export type Entitlements = components['schemas']['Entitlements']
export type Offered = components['schemas']['OfferedPlans']
export type OfferedPlan = Offered['plans'][number]
export type OfferedAddOn = Offered['addOns'][number]
export type Subscription = components['schemas']['Subscription']

export const entitlementsQuery = queryOptions({
  queryKey: ['entitlements'],
  queryFn: async () => (await api.GET('/v1/entitlements')).data,
})

/** What can be had, at today's prices. */
export const offeredQuery = queryOptions({
  queryKey: ['offered plans'],
  queryFn: async () => (await api.GET('/v1/plans')).data,
  staleTime: 60_000,
})

export const subscriptionQuery = queryOptions({
  queryKey: ['subscription'],
  queryFn: async () => (await api.GET('/v1/subscription')).data,
})
