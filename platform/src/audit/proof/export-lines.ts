import { z } from 'zod'
import { entryMembers } from './sealed-entry.ts'

const signed = { statement: z.string(), signature: z.base64() }

const Entry = z.strictObject(
  Object.fromEntries(entryMembers.map((member) => [member, z.string().nullable()])) as Record<
    (typeof entryMembers)[number],
    z.ZodNullable<z.ZodString>
  >,
)

/** Lines of an export: one header, each segment followed by its entries, what is not sealed yet, and the end. */
export const ExportLine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('export'), ...signed }),
  z.strictObject({
    kind: z.literal('segment'),
    ...signed,
    register: z.array(z.tuple([z.string(), z.string(), z.string()])),
  }),
  z.strictObject({ kind: z.literal('entry'), entry: Entry }),
  z.strictObject({ kind: z.literal('unsealed'), entry: Entry }),
  z.strictObject({ kind: z.literal('end'), segments: z.int(), entries: z.int() }),
])
export type ExportLine = z.output<typeof ExportLine>

/** Answers of `GET /v1/audit/checkpoints` and files of `tenantry audit checkpoints`. */
export const CheckpointFile = z.object({ items: z.array(z.object(signed)) })
