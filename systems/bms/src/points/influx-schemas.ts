import { z } from 'zod'

/** Read by the pipeline where the protocol has it, before a handler runs; nobody else gets to see it. */
const Secret = z
  .string()
  .max(500)
  .optional()
  .transform(() => undefined)

const Ignored = z.string().max(200).optional().meta({ description: 'Taken for compatibility; means nothing here.' })

const Partial = z.enum(['true', 'false']).optional().meta({
  description: 'Keep the good lines even if there are bad ones; `Refused-Lines` then names the first of those.',
})

/** Shown as an id among others, so that the attack tries other tenants' ids here. */
const Building = z
  .string()
  .max(200)
  .default('')
  .meta({
    anyOf: [{ type: 'string', format: 'uuid' }, { type: 'string' }],
    description: 'Building of the lines that name none by the tag `building`: its id or exact name.',
  })

export const V2Query = z.strictObject({
  bucket: Building,
  org: z.string().max(200).default('').meta({ description: 'Your tenant, by slug, name or id; may be left out.' }),
  orgID: Ignored,
  precision: z.enum(['ns', 'us', 'ms', 's']).default('ns'),
  consistency: Ignored,
  partial: Partial,
})

export const V1Query = z.strictObject({
  db: Building,
  rp: Ignored,
  precision: z.enum(['ns', 'n', 'us', 'u', 'ms', 's', 'm', 'h']).default('ns'),
  consistency: Ignored,
  u: Ignored,
  p: Secret.meta({ description: 'The key; rather send it in `Authorization`, where no proxy writes it down.' }),
  partial: Partial,
})
export type Precision = z.output<typeof V1Query>['precision']
