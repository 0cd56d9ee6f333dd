import { smtpSettings } from '../mail/smtp-settings.ts'
import { notificationSettings } from '../notifications/notification-settings.ts'
import { suspicionSettings } from '../notifications/suspicion-settings.ts'
import type { SettingDefinition } from './setting.ts'

/** What every tenant can set, whatever its system. */
export const platformSettings = [
  ...Object.values(smtpSettings),
  ...Object.values(notificationSettings),
  ...Object.values(suspicionSettings),
] as readonly SettingDefinition[]
