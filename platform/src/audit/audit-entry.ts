import { z } from 'zod'

const Time = z.string().meta({ format: 'date-time' })
/** Columns by name, as they were stored; redacted ones say so. */
const Image = z.record(z.string(), z.unknown()).nullable()

const who = {
  id: z.uuid(),
  at: Time,
  actorKind: z.string().describe('member, key, operator or system'),
  actorId: z.uuid().nullable(),
  impersonator: z.uuid().nullable().describe('The operator who acted as the actor'),
  action: z.string(),
}
const whence = { requestId: z.string().nullable(), address: z.string().nullable(), userAgent: z.string().nullable() }

export const AuditEntry = z
  .object({
    ...who,
    objectType: z.string(),
    objectId: z.uuid().nullable(),
    before: Image.describe('Of a change only the columns that differ'),
    after: Image,
    ...whence,
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.output<typeof AuditEntry>

export const AccessEntry = z.object({ ...who, objectId: z.uuid().nullable(), ...whence }).meta({ id: 'AccessEntry' })
export type AccessEntry = z.output<typeof AccessEntry>
