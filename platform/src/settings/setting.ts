import { z } from 'zod'
import type { Permission } from '../access/principal.ts'
import type { Services } from '../http/route.ts'

export const settingCategories = ['branding', 'feature', 'integration', 'security', 'billing', 'mail'] as const
export type SettingCategory = (typeof settingCategories)[number]

/** Something that a tenant can set for itself. Declared in code; stored only where a tenant chose otherwise. */
export interface SettingDefinition<Value = unknown> {
  /** Words with dots between: `mail.smtp.port`. */
  readonly key: string
  /** For people. */
  readonly title: string
  readonly category: SettingCategory
  /** What a client may send; JSON, at most 16 KiB. A secret is a text. */
  readonly schema: z.ZodType<Value>
  /** What holds until a tenant says otherwise. Null: nothing does. A secret has none. */
  readonly default: Value | null
  /** Stored sealed, and never answered again. */
  readonly secret?: true
  /** Default `settings:read`. */
  readonly read?: Permission
  /** Default `settings:write`. */
  readonly write?: Permission
  /** Judges what a schema cannot. Refuses by throwing a problem. */
  check?(value: Value, services: Pick<Services, 'outbound'>): Promise<void>
}

/**
 * Declares a setting; `defineSystem({ settings: [reportHour] })` installs it for the system's tenants.
 *
 * @throws TypeError for a key or default that could never be stored
 * @example
 * export const reportHour = setting({
 *   key: 'reports.hour', title: 'Hour of the daily report', category: 'feature', schema: z.int().min(0).max(23), default: 6,
 * })
 * const hour = await services.settings.get(scope, reportHour)
 */
export function setting<Value>(definition: SettingDefinition<Value>): SettingDefinition<Value> {
  const { key, schema, secret } = definition
  if (!isSettingKey(key)) throw new TypeError(`"${key}" is no key of a setting: lower-case words with dots between.`)
  if (definition.default !== null && (secret || !schema.safeParse(definition.default).success)) {
    throw new TypeError(`The default of the setting "${key}" does not fit its schema, or is that of a secret.`)
  }
  return definition
}

export function isSettingKey(text: string): boolean {
  return text.length <= 100 && /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/.test(text)
}

const Time = z.string().meta({ format: 'date-time' })
const ActorKind = z.enum(['member', 'key', 'operator', 'system'])

/** As it is answered. */
export const Setting = z
  .object({
    key: z.string(),
    title: z.string(),
    category: z.enum(settingCategories),
    secret: z.boolean().describe('Its value is never answered'),
    isSet: z.boolean().describe('False: the default holds'),
    value: z.unknown().describe('What holds; null for a secret, and where nothing does'),
    default: z.unknown(),
    fingerprint: z.string().nullable().describe('Of a secret that is set'),
    changedAt: Time.nullable(),
    changedBy: z.uuid().nullable(),
    changedByKind: ActorKind.nullable(),
    version: z.int().describe('0 while it was never changed'),
  })
  .meta({ id: 'Setting' })
export type Setting = z.output<typeof Setting>

export const SettingChange = z
  .object({
    id: z.uuid(),
    at: Time,
    actorKind: ActorKind,
    actorId: z.uuid().nullable(),
    impersonator: z.uuid().nullable().describe('The operator who acted as the actor'),
    version: z.int(),
    isSet: z.boolean().optional().describe('False: it went back to the default. Missing where the value stayed what it was'),
    value: z.unknown().optional().describe('Missing for a secret, and where it stayed what it was'),
    fingerprint: z.string().nullable().optional().describe('Of the secret from then on; missing where it stayed the same'),
  })
  .meta({ id: 'SettingChange' })
export type SettingChange = z.output<typeof SettingChange>

/** A tenant's own choices, without its secrets. */
export const SettingValues = z.record(z.string().max(100), z.unknown()).meta({ id: 'SettingValues' })
