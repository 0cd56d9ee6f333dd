import { z } from 'zod'

/** Of a feature, a limit or a value; in one plan no two of them have the same. */
export const EntitlementName = z
  .string()
  .regex(/^[a-z][a-z0-9_.]{0,62}$/, 'Must begin with a letter: a-z, 0-9, _ and dots, at most 63.')
export const PlanKey = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'Must begin with a letter: a-z, 0-9, _ and hyphens, at most 63.')
export const Max = z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().describe('Null is unlimited')
export const Value = z.union([z.string().max(200), z.number(), z.boolean()])

const Title = z.string().min(1).max(100)
const Features = z.array(EntitlementName).max(200)
const Price = z.int().min(0).max(1_000_000_000_000).nullable().default(null)
const Currency = z.string().regex(/^[A-Z]{3}$/, 'Must be an ISO 4217 code, such as GBP.')
const prices = { currency: Currency, monthly: Price, yearly: Price }

const Limit = z
  .strictObject({
    max: Max,
    kind: z.enum(['counted', 'metered', 'gauge', 'rate', 'retention']).default('counted'),
    mode: z.enum(['hard', 'soft', 'overage']).default('hard'),
    period: z.enum(['month', 'day', 'hour', 'minute', 'second']).nullable().default(null),
  })
  .refine(
    ({ kind, period }) => (kind === 'metered' || kind === 'rate') === (period !== null),
    'What is metered, and a rate, has a period; nothing else has.',
  )
  .refine(
    ({ kind, period }) => kind !== 'metered' || period === 'month' || period === 'day' || period === 'hour',
    'What is metered is metered by the month, day or hour.',
  )

/** What a version of a plan gives. The code's plans go through it too, so that what is stored is what the API would have taken. */
export const PlanContent = z
  .strictObject({
    title: Title,
    features: Features,
    limits: z.record(EntitlementName, Limit),
    values: z.record(EntitlementName, Value).default({}),
    prices: z
      .strictObject(prices)
      .nullable()
      .default(null)
      .describe('In minor units; null where it is agreed with each customer'),
    trialDays: z.int().min(1).max(365).nullable().default(null),
    selfService: z.boolean().default(false).describe('Whether whoever signs up may choose it by himself'),
  })
  .refine(
    ({ features, limits, values }) => isWithoutDoubles([...features, ...Object.keys(limits), ...Object.keys(values)]),
    'A name stands for one feature, limit or value.',
  )
  .meta({ id: 'PlanContent' })

export const AddOnContent = z
  .strictObject({
    title: Title,
    features: Features.default([]),
    limits: z
      .record(EntitlementName, z.strictObject({ max: Max }))
      .default({})
      .describe("On top of the plan's; null lifts the limit"),
    prices: z.strictObject({ ...prices, once: Price }).describe('In minor units'),
  })
  .refine(
    ({ features, limits }) => isWithoutDoubles([...features, ...Object.keys(limits)]),
    'A name stands for one feature or limit.',
  )
  .meta({ id: 'AddOnContent' })

function isWithoutDoubles(names: readonly string[]): boolean {
  return new Set(names).size === names.length
}
