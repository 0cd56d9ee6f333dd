import { z } from 'zod'
import type { ConnectorRow } from './connector-queries.ts'
import { ConnectorFields } from './fields.ts'

/** What goes into a header: printable ASCII. */
export const Secret = z
  .string()
  .regex(/^[\x20-\x7e]{1,4000}$/, 'Must be 1 to 4000 printable ASCII characters.')
  .meta({ secret: true })

export const ControllerUrl = z
  .string()
  .max(2_000)
  .transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === '') {
      return url.href
    }
    context.addIssue({ code: 'custom', message: 'Must be an https address without user, password and fragment.' })
    return z.NEVER
  })
  .meta({ description: 'https, or http where the operator of the platform allowed the address.', format: 'uri' })

export const NewConnector = z
  .strictObject({
    url: ControllerUrl,
    secret: Secret.nullable().optional().meta({
      description: 'Sent to the controller, and never shown again. Left out, the one before stays; null takes it away.',
    }),
    secretHeader: z
      .string()
      .toLowerCase()
      .regex(/^(authorization|api-?key|x-[a-z0-9-]{1,60})$/, 'Must be authorization, api-key, or begin with x-.')
      .default('authorization')
      .meta({ description: 'Header that carries the secret; in `authorization` it follows the word Bearer.' }),
    pollSeconds: z.int().min(10).max(86_400).default(60),
    paused: z.boolean().default(false).meta({ description: 'Polled by a test only, and not by itself.' }),
    fields: ConnectorFields.prefault({}),
  })
  .meta({ id: 'BmsNewConnector' })

const Time = z.string().meta({ format: 'date-time' })

export const Connector = z
  .strictObject({
    buildingId: z.uuid(),
    url: z.string(),
    secret: z
      .strictObject({
        setAt: Time,
        setBy: z.strictObject({ kind: z.string(), id: z.uuid() }),
        fingerprint: z.string().meta({ description: 'Tells whether it is the one you mean.' }),
      })
      .nullable()
      .meta({ description: 'That there is one; never the secret itself.' }),
    secretHeader: z.string(),
    pollSeconds: z.int(),
    paused: z.boolean(),
    fields: ConnectorFields,
    lastSuccess: z
      .strictObject({
        at: Time,
        points: z.int(),
        refused: z.int().meta({ description: 'Points that could not be kept.' }),
        newestPointAt: Time.nullable(),
      })
      .nullable(),
    lastFailure: z.strictObject({ at: Time, code: z.string() }).nullable(),
    failures: z.int().meta({ description: 'In a row; each makes the pause longer.' }),
    nextPollAt: Time.nullable().meta({ description: 'Null while it is paused.' }),
    version: z.int(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'BmsConnector' })

/** What is shown of a connector: all but the secret. */
export function shownConnector(row: ConnectorRow): z.output<typeof Connector> {
  const { buildingId, url, secretHeader, pollSeconds, paused, failures, version, createdAt, updatedAt } = row
  return {
    buildingId,
    url,
    secret:
      row.secret === null
        ? null
        : {
            setAt: row.secretSetAt ?? '',
            setBy: { kind: row.secretSetByKind ?? '', id: row.secretSetBy ?? '' },
            fingerprint: row.secretFingerprint ?? '',
          },
    secretHeader,
    pollSeconds,
    paused,
    fields: ConnectorFields.parse(row.fields),
    lastSuccess:
      row.lastSuccessAt === null
        ? null
        : {
            at: row.lastSuccessAt,
            points: row.lastPoints ?? 0,
            refused: row.lastRefused ?? 0,
            newestPointAt: row.readUntil,
          },
    lastFailure: row.lastFailureAt === null ? null : { at: row.lastFailureAt, code: row.lastFailureCode ?? '' },
    failures,
    nextPollAt: row.dueAt,
    version,
    createdAt,
    updatedAt,
  }
}
