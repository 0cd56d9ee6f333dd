import { z } from 'zod'

const Time = z.string().meta({ format: 'date-time' })

const EventType = z
  .string()
  .max(120)
  .regex(
    /^(\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?)$/,
    'Must be a type, such as bms.building.created, a prefix such as bms.*, or *.',
  )

const Address = z.url({ protocol: /^https?$/ }).max(2_000)

const fields = {
  url: Address,
  description: z.string().max(500),
  eventTypes: z.array(EventType).min(1).max(50).describe('Exact types, prefixes that end in `.*`, or `*`'),
}

export const NewWebhook = z.strictObject({
  url: fields.url,
  description: fields.description.optional(),
  eventTypes: fields.eventTypes.optional().describe('Default: all'),
})
export type NewWebhook = z.output<typeof NewWebhook>

export const WebhookChanges = z.strictObject({
  url: fields.url.optional(),
  description: fields.description.optional(),
  eventTypes: fields.eventTypes.optional(),
  state: z.enum(['active', 'paused']).optional().describe('`active` also ends a disablement'),
})
export type WebhookChanges = z.output<typeof WebhookChanges>

const webhook = {
  id: z.uuid(),
  ...fields,
  state: z.enum(['active', 'paused', 'disabled']),
  disabledBecause: z.enum(['failing', 'gone']).nullable(),
  secretFingerprint: z.string().describe('Of the secret, which is never shown again'),
  secretSetAt: Time,
  previousSecretUntil: Time.nullable().describe('Until then the secret before signs as well'),
  failingSince: Time.nullable(),
  lastSuccessAt: Time.nullable(),
  lastFailureAt: Time.nullable(),
  lastCode: z.string().nullable(),
  version: z.int(),
  createdAt: Time,
  updatedAt: Time,
}
export const Webhook = z.object(webhook).meta({ id: 'Webhook' })
export type Webhook = z.output<typeof Webhook>

export const WebhookWithSecret = z
  .object({
    ...webhook,
    secret: z
      .string()
      .meta({ secret: true })
      .optional()
      .describe('Verifies signatures (Standard Webhooks): shown this once; missing when an answer is repeated'),
  })
  .meta({ id: 'WebhookWithSecret' })

export const Delivery = z
  .object({
    eventId: z.uuid().describe('`webhook-id` of the request'),
    type: z.string(),
    eventAt: Time,
    state: z.enum(['waiting', 'delivered', 'failed']),
    attempts: z.int(),
    nextAt: Time.nullable(),
    lastAt: Time.nullable(),
    lastCode: z.string().nullable().describe('`delivered`, `status_500`, or why nothing usable came back'),
    lastStatus: z.int().nullable(),
    lastMillis: z.int().nullable(),
  })
  .meta({ id: 'WebhookDelivery' })
export type Delivery = z.output<typeof Delivery>
