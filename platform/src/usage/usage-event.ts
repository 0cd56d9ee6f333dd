import { z } from 'zod'

/** Of one event: far more than anything is counted in, and a year of days of it is still a number that JSON keeps exactly. */
const mostQuantity = 1_000_000_000_000
export const mostEvents = 1_000

const Time = z.string().meta({ format: 'date-time' })
const Key = z.string().min(1).max(200)
const Meter = z.string().regex(/^[a-z][a-z0-9_.]{0,62}$/, 'Must be the name of a meter, such as transactions.')
const Dimensions = z
  .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,39}$/), z.string().max(200))
  .refine((dimensions) => Object.keys(dimensions).length <= 10, 'At most 10 dimensions.')

/** One thing that was used. Rules that need no database are here; the rest is told event by event. */
export const NewUsageEvent = z
  .strictObject({
    key: Key.describe('Of your choice, and yours for good: an event sent again under it is a duplicate, however late'),
    meter: Meter.describe('A metered limit of the plan'),
    quantity: z.int().min(-mostQuantity).max(mostQuantity).describe('Above zero; below zero in a correction'),
    at: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('When it happened: at most 35 days ago, at most 5 minutes ahead. Default: now'),
    corrects: Key.optional().describe('Key of the event that this takes back, in whole or in part; each is corrected once'),
    description: z.string().max(500).optional(),
    dimensions: Dimensions.optional().describe('What else is to be known of it; at most 10 short texts'),
  })
  .superRefine(({ quantity, corrects, at }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (corrects === undefined && quantity <= 0) refuse('quantity', 'Must be above zero; only a correction takes away.')
    if (corrects !== undefined && quantity >= 0) refuse('quantity', 'Must be below zero in a correction.')
    if (corrects !== undefined && at !== undefined) refuse('at', 'A correction counts where its original did: leave it out.')
  })
export type NewUsageEvent = z.output<typeof NewUsageEvent>

export const UsageBatch = z.strictObject({ events: z.array(NewUsageEvent).min(1).max(mostEvents) })

export const usageRefusals = [
  'unknown_meter',
  'platform_meter',
  'too_old',
  'too_far_ahead',
  'unknown_original',
  'correction_too_large',
  'already_corrected',
  'idempotency_key_reused',
] as const
export type UsageRefusal = (typeof usageRefusals)[number]

export const UsageVerdict = z
  .object({
    key: z.string(),
    verdict: z.enum(['accepted', 'duplicate', 'rejected']),
    code: z.enum(usageRefusals).nullable().describe('Why it was rejected'),
  })
  .meta({ id: 'UsageVerdict' })
export type UsageVerdict = z.output<typeof UsageVerdict>

export const LoggedUsage = z
  .object({
    key: z.string(),
    meter: z.string(),
    quantity: z.int(),
    at: Time.describe('When it happened; of a correction, when its original did'),
    receivedAt: Time,
    countedAt: Time.describe('The moment in whose hour, day and period it counts'),
    adjusts: Time.nullable().describe('Begin of the period that it came too late for, because that was billed already'),
    corrects: z.string().nullable(),
    description: z.string().nullable(),
    dimensions: z.record(z.string(), z.string()),
  })
  .meta({ id: 'LoggedUsage' })
export type LoggedUsage = z.output<typeof LoggedUsage>
