import { z } from 'zod'
import { Setting, type SettingDefinition } from './setting.ts'

/** A setting with what a form needs that was never told of it. */
export const DescribedSetting = Setting.extend({
  schema: z.record(z.string(), z.unknown()).describe('JSON Schema of what may be set; further rules may refuse it nevertheless'),
  permission: z.string().describe('What it takes to change it: `settings:write`'),
}).meta({ id: 'DescribedSetting' })
export type DescribedSetting = z.output<typeof DescribedSetting>

/** Declarations do not change while a server runs. */
const schemas = new WeakMap<SettingDefinition, Record<string, unknown>>()

export function describedFor(setting: Setting, definition: SettingDefinition): DescribedSetting {
  return { ...setting, schema: schemaOf(definition), permission: definition.write ?? 'settings:write' }
}

function schemaOf(definition: SettingDefinition): Record<string, unknown> {
  const known = schemas.get(definition)
  if (known !== undefined) return known
  const { $schema: _, ...schema } = z.toJSONSchema(definition.schema, { io: 'input', unrepresentable: 'any' }) as Record<
    string,
    unknown
  >
  schemas.set(definition, schema)
  return schema
}
