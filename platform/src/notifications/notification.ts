import { z } from 'zod'

const Time = z.string().meta({ format: 'date-time' })

export const Notification = z
  .object({
    id: z.uuid(),
    kind: z.string().describe('What preferences are about: quota, suspicious and so on'),
    title: z.string(),
    text: z.string(),
    eventId: z.uuid(),
    eventType: z.string(),
    objectId: z.uuid().describe('What the event is about'),
    at: Time.describe('Of the event'),
    readAt: Time.nullable(),
  })
  .meta({ id: 'Notification' })
export type Notification = z.output<typeof Notification>

const channels = { console: z.boolean(), mail: z.boolean() }

export const Preference = z.object({ kind: z.string(), title: z.string(), ...channels }).meta({ id: 'NotificationPreference' })
export type Preference = z.output<typeof Preference>

/** Kinds that are not named are told as usual. */
export const PreferenceChanges = z
  .record(z.string().max(60), z.strictObject(channels))
  .meta({ id: 'NotificationPreferenceChanges' })
export type PreferenceChanges = z.output<typeof PreferenceChanges>
