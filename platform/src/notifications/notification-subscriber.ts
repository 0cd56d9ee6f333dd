import type { Subscriber } from '../events/event.ts'
import { notificationKinds } from './notification-kinds.ts'

/** Events that people are told of. */
export const notificationSubscriber: Subscriber = {
  name: 'notifications',
  events: notificationKinds.flatMap(({ events }) => events),
  handle: (event, { scope, services }) => services.notifications.notify(scope, event),
}
