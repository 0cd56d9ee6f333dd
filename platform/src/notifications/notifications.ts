import { roles } from '../access/principal.ts'
import type { OutboxEvent } from '../events/event.ts'
import { LiveFeed } from '../events/live-feed.ts'
import { invalidRequest } from '../http/input.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { MailService } from '../mail/mail.ts'
import { problems } from '../problems/catalogue.ts'
import type { SettingService } from '../settings/settings.ts'
import type { Notification, Preference, PreferenceChanges } from './notification.ts'
import { kindNamed, kindOfEvent, notificationKinds } from './notification-kinds.ts'
import {
  countUnread,
  insertNotifications,
  listNotifications,
  listPreferences,
  markAllRead,
  markRead,
  type NotificationRow,
  notificationsAfter,
  type PlacedNotification,
  replacePreferences,
} from './notification-queries.ts'
import { notificationSettings } from './notification-settings.ts'

export interface NotificationService {
  /** Tells the people of the tenant of an event, each of them once however often it is called. */
  notify(scope: TenantScope, event: OutboxEvent): Promise<void>
  /** Of one member, the newest first. */
  list(
    scope: TenantScope,
    memberId: string,
    page: { readonly unread: boolean; readonly after: string | undefined; readonly limit: number },
  ): Promise<Notification[]>
  countUnread(scope: TenantScope, memberId: string): Promise<number>
  /** Those named, or all of his; answers how many were unread. @throws not_found where one is not his */
  markRead(scope: TenantScope, memberId: string, ids: readonly string[] | undefined): Promise<number>
  preferences(scope: TenantScope, memberId: string): Promise<Preference[]>
  /** Kinds that are not named are told as usual. @throws invalid_request for an unknown kind */
  setPreferences(scope: TenantScope, memberId: string, changes: PreferenceChanges): Promise<Preference[]>
  /** One member's, as they come, as the text of server-sent events. @throws quota_exceeded: too many streams */
  follow(
    scope: TenantScope,
    memberId: string,
    options: { readonly after: string | undefined; readonly signal: AbortSignal },
  ): Promise<AsyncIterable<string>>
}

declare module '../http/route.ts' {
  interface Services {
    readonly notifications: NotificationService
  }
}

export interface NotificationServiceOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly settings: SettingService
  readonly mail: MailService
  /** Mail waits sealed, which takes a master key; without one there are no persons either who could sign in. */
  readonly sealsMail: boolean
}

export function createNotificationService(options: NotificationServiceOptions): NotificationService {
  const { scope: openScope, settings, mail, sealsMail } = options
  const feed = new LiveFeed<PlacedNotification>({
    scope: openScope,
    name: 'notifications',
    event: 'notification',
    read: notificationsAfter,
    show: shown,
  })

  const service: NotificationService = {
    async notify(scope, event) {
      const kind = kindOfEvent(event.type)
      if (kind === undefined) return
      const { mail: ofMail, opening: ofOpening, closing: ofClosing } = notificationSettings
      const [byMail, opening, closing] = await settings.getAll(scope, [ofMail, ofOpening, ofClosing])
      const audience = roles.slice(0, roles.indexOf(kind.least) + 1)
      // The mails wait in the same transaction, so that each is sent if its notification is there, and once.
      await scope.transaction(async (inner) => {
        const { name, permission, mail: usual } = kind
        const told = await insertNotifications(inner, { event, kind: name, roles: audience, permission, mail: usual })
        if (!sealsMail || byMail === false) return
        const { title, text } = kind.say(event)
        const paragraphs = [opening, text, closing].filter((each) => each !== null)
        for (const { email } of told.filter((each) => each.byMail))
          await mail.sendSealed(inner, email, { subject: title, paragraphs })
      })
    },

    list: async (scope, memberId, page) => (await listNotifications(scope, memberId, page)).map(shown),
    countUnread,

    async markRead(scope, memberId, ids) {
      if (ids === undefined) return markAllRead(scope, memberId)
      const marked = await markRead(scope, memberId, [...new Set(ids)])
      if (marked === undefined) throw problems.not_found('There is no such notification.')
      return marked
    },

    async preferences(scope, memberId) {
      const chosen = new Map((await listPreferences(scope, memberId)).map((row) => [row.kind, row]))
      return notificationKinds.map(({ name, title, mail: usual }) => {
        const { console, mail } = chosen.get(name) ?? { console: true, mail: usual }
        return { kind: name, title, console, mail }
      })
    },

    async setPreferences(scope, memberId, changes) {
      const unknown = Object.keys(changes).filter((kind) => kindNamed(kind) === undefined)
      if (unknown.length > 0) {
        throw invalidRequest(
          unknown.map((kind) => ({
            in: 'body',
            pointer: `/preferences/${kind}`,
            message: 'There is no such kind of notification.',
          })),
        )
      }
      await replacePreferences(
        scope,
        memberId,
        Object.entries(changes).map(([kind, channels]) => ({ kind, ...channels })),
      )
      return service.preferences(scope, memberId)
    },

    follow: (scope, memberId, { after, signal }) =>
      feed.follow(scope, { after, signal, wants: (notification) => notification.memberId === memberId }),
  }
  return service
}

function shown({ id, kind, eventId, eventType, objectId, data, at, readAt }: NotificationRow): Notification {
  const sentence = kindNamed(kind)?.say({ type: eventType, data }) ?? { title: kind, text: '' }
  return { id, kind, ...sentence, eventId, eventType, objectId, at, readAt }
}
