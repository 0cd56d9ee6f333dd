import { z } from 'zod'
import { viewIcons } from './view.ts'

const Words = z.record(z.string(), z.string()).describe('By language; there is always `en`')
const NamedWords = z.object({ name: z.string(), title: Words })

const ViewField = z
  .object({
    name: z.string(),
    title: Words,
    schema: z.record(z.string(), z.unknown()).describe('JSON schema of what may be sent'),
    required: z.boolean().describe('A new one must have it'),
    nullable: z.boolean().describe('May be emptied by null'),
    immutable: z.boolean().describe('Set when it is made, and never changed'),
    managed: z.boolean().describe('Set by the platform'),
    references: z
      .object({ path: z.string(), label: z.string(), search: z.boolean() })
      .nullable()
      .describe('It holds the id of one of these'),
  })
  .meta({ id: 'ViewField' })
export type ViewField = z.output<typeof ViewField>

export const ViewResource = z
  .object({
    name: z.string().describe('`bms.buildings`'),
    path: z.string().describe('Of its list'),
    label: z.string().describe('Field by which one is called'),
    columns: z.array(z.string()),
    search: z.boolean(),
    sorts: z.array(z.string()).describe('For descending `-` before it'),
    filters: z.array(z.object({ field: z.string(), kind: z.enum(['equals', 'range']) })),
    fields: z.array(ViewField),
    mayCreate: z.boolean(),
    mayChange: z.boolean(),
    limit: z.string().nullable().describe('The limit that it is counted against'),
    grantable: z.boolean().describe('Members and keys may be limited to single ones of these'),
  })
  .meta({ id: 'ViewResource' })
export type ViewResource = z.output<typeof ViewResource>

export const View = z
  .object({
    kind: z.enum(['dashboard', 'resource', 'series']),
    name: z.string(),
    title: Words,
    icon: z.enum(viewIcons),
    dashboard: z.object({ stats: z.array(NamedWords), limits: z.array(NamedWords), meters: z.array(NamedWords) }).nullable(),
    resource: ViewResource.nullable(),
    series: z
      .object({
        seriesPath: z.string().describe('With `{id}`, as the others'),
        dataPath: z.string(),
        livePath: z.string().nullable(),
        loads: z.array(z.string()),
      })
      .nullable(),
  })
  .meta({ id: 'View' })
export type View = z.output<typeof View>
