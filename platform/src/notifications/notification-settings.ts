import { z } from 'zod'
import { setting } from '../settings/setting.ts'

export const notificationSettings = {
  mail: setting({
    key: 'notifications.mail',
    title: 'Whether people are notified by mail, as far as they want it',
    category: 'feature',
    schema: z.boolean(),
    default: true,
  }),
  opening: setting({
    key: 'notifications.opening',
    title: 'First paragraph of notifications by mail',
    category: 'branding',
    schema: z.string().min(1).max(500),
    default: null,
  }),
  closing: setting({
    key: 'notifications.closing',
    title: 'Last paragraph of notifications by mail',
    category: 'branding',
    schema: z.string().min(1).max(500),
    default: null,
  }),
} as const
