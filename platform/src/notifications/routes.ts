import { z } from 'zod'
import type { TenantPrincipal } from '../access/principal.ts'
import { replyEvents } from '../http/event-stream.ts'
import { idPosition, makePage, pageOf, pageQuery, readCursor } from '../http/page.ts'
import { queryBoolean } from '../http/query-values.ts'
import { type Route, route } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import { Notification, Preference, PreferenceChanges } from './notification.ts'

/** Of the member who asks, in the tenant that he is in. */
const own = { tags: ['Notifications'], permission: 'authenticated' } as const

const listNotifications = route({
  ...own,
  method: 'GET',
  path: '/v1/notifications',
  operation: 'listNotifications',
  summary: 'List what you were told, the newest first',
  query: z.strictObject({ ...pageQuery, unread: queryBoolean().default(false).describe('Only what is not read') }),
  responses: {
    200: pageOf(Notification)
      .extend({ unread: z.int().describe('How many are not read') })
      .meta({ id: 'NotificationPage' }),
  },
  problems: ['invalid_cursor', 'forbidden'],
  handle: async ({ scope, principal, query: { limit, cursor, unread }, services }) => {
    const memberId = memberOf(principal)
    const after = readCursor(cursor, { unread }, idPosition)?.id
    const [rows, count] = await Promise.all([
      services.notifications.list(scope, memberId, { unread, after, limit: limit + 1 }),
      services.notifications.countUnread(scope, memberId),
    ])
    return { ...makePage(rows, limit, { unread }, ({ id }) => ({ values: [], id })), unread: count }
  },
})

const readNotifications = route({
  ...own,
  method: 'POST',
  path: '/v1/notifications/read',
  operation: 'readNotifications',
  summary: 'Mark notifications as read: those that you name, or all of yours',
  body: z.strictObject({ ids: z.array(z.uuid()).min(1).max(200).optional() }),
  responses: { 200: z.object({ marked: z.int(), unread: z.int() }).meta({ id: 'NotificationsRead' }) },
  problems: ['not_found', 'forbidden'],
  handle: async ({ scope, principal, body, services }) => {
    const memberId = memberOf(principal)
    const marked = await services.notifications.markRead(scope, memberId, body.ids)
    return { marked, unread: await services.notifications.countUnread(scope, memberId) }
  },
})

const followNotifications = route({
  ...own,
  method: 'GET',
  path: '/v1/notifications/stream',
  operation: 'followNotifications',
  summary: 'Follow what you are told as server-sent events',
  description: 'Events: `notification`; `reset`, more was missed than is told again. `Last-Event-ID` resumes.',
  responses: { 200: 'text/event-stream' },
  problems: ['quota_exceeded', 'invalid_cursor', 'forbidden'],
  handle: async ({ scope, principal, request, services }) => {
    const options = { after: request.headers['last-event-id'], signal: request.signal }
    return replyEvents(await services.notifications.follow(scope, memberOf(principal), options))
  },
})

const Preferences = z.object({ items: z.array(Preference) }).meta({ id: 'NotificationPreferences' })

const readNotificationPreferences = route({
  ...own,
  method: 'GET',
  path: '/v1/me/notification-preferences',
  operation: 'readNotificationPreferences',
  summary: 'Read how you are told of what, in this tenant',
  responses: { 200: Preferences },
  problems: ['forbidden'],
  handle: async ({ scope, principal, services }) => ({
    items: await services.notifications.preferences(scope, memberOf(principal)),
  }),
})

const setNotificationPreferences = route({
  ...own,
  method: 'PUT',
  path: '/v1/me/notification-preferences',
  operation: 'setNotificationPreferences',
  summary: 'Say how you want to be told of what, in this tenant',
  description: 'Kinds that are not named are told as usual.',
  body: z.strictObject({ preferences: PreferenceChanges }),
  responses: { 200: Preferences },
  problems: ['forbidden'],
  handle: async ({ scope, principal, body, services }) => ({
    items: await services.notifications.setPreferences(scope, memberOf(principal), body.preferences),
  }),
})

export const notificationRoutes: readonly Route[] = [
  listNotifications,
  followNotifications,
  readNotifications,
  readNotificationPreferences,
  setNotificationPreferences,
]

/** A key is no person. */
function memberOf({ kind, id }: TenantPrincipal): string {
  if (kind !== 'member') throw problems.forbidden('Notifications are for persons; a key follows events.')
  return id
}
