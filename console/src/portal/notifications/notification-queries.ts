import { queryOptions } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { api } from '../../api/api.ts'

export type Notification = components['schemas']['Notification']
export type Preference = components['schemas']['NotificationPreference']
type Filter = { readonly unread?: boolean }

/** The newest first. */
export const listNotifications = async (query: Filter & { cursor?: string }) =>
  (await api.GET('/v1/notifications', { params: { query } })).data

/** How many are not read: the number at the bell. The stream says when it changed. */
export const unreadQuery = queryOptions({
  queryKey: ['notifications', 'unread'],
  queryFn: async () => (await api.GET('/v1/notifications', { params: { query: { limit: 1, unread: true } } })).data.unread,
  staleTime: 60_000,
})

/** Those named, or all. */
export const markRead = (ids?: string[]) => api.POST('/v1/notifications/read', { body: ids === undefined ? {} : { ids } })

export const preferencesQuery = queryOptions({
  queryKey: ['notification-preferences'],
  queryFn: async () => (await api.GET('/v1/me/notification-preferences')).data.items,
})
