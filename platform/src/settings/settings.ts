import { auditEntries, type LogPosition } from '../audit/audit-queries.ts'
import { invalidRequest } from '../http/input.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { OutboundService } from '../outbound/outbound.ts'
import { problems } from '../problems/catalogue.ts'
import type { SecretPlace, SecretService } from '../secrets/secrets.ts'
import type { SystemDefinition } from '../system.ts'
import type { Setting, SettingChange, SettingDefinition } from './setting.ts'
import { findSettings, type SettingRow, type SettingWrite, writeSetting } from './setting-queries.ts'
import { createSettingRegistry, type SettingRegistry } from './setting-registry.ts'

export interface SettingService {
  /** Which settings there are. */
  readonly registry: SettingRegistry
  /** What holds: the tenant's own choice, or the default. One that does not fit its schema any more counts as none. */
  get<Value>(scope: TenantScope, definition: SettingDefinition<Value>): Promise<Value | null>
  /** Several in one look, in the order asked for. */
  getAll<const Values extends readonly unknown[]>(
    scope: TenantScope,
    definitions: { readonly [Index in keyof Values]: SettingDefinition<Values[Index]> },
  ): Promise<{ -readonly [Index in keyof Values]: Values[Index] | null }>
  /** A secret as it was set, for whoever has to use it. @throws SecretUnreadable */
  openSecret(scope: TenantScope, definition: SettingDefinition<string>): Promise<string | null>
  /** As it is shown. */
  describe(scope: TenantScope, definitions: readonly SettingDefinition[]): Promise<Setting[]>
  /**
   * `expected` is the version that was read. @throws invalid_request, precondition_failed, not_configured (a secret without a
   * master key), and what the setting's own check refuses
   */
  set(scope: TenantScope, definition: SettingDefinition, value: unknown, expected?: number): Promise<Setting>
  /** Back to the default. @throws precondition_failed */
  reset(scope: TenantScope, definition: SettingDefinition, expected?: number): Promise<void>
  /** All of them or none. @throws invalid_request, also for a secret */
  setAll(scope: TenantScope, values: ReadonlyMap<SettingDefinition, unknown>): Promise<void>
  /** Who changed it when, the newest first. */
  history(
    scope: TenantScope,
    definition: SettingDefinition,
    after: LogPosition | undefined,
    limit: number,
  ): Promise<SettingChange[]>
}

declare module '../http/route.ts' {
  interface Services {
    readonly settings: SettingService
  }
}

export interface SettingServiceOptions {
  readonly systems: readonly Pick<SystemDefinition, 'name' | 'settings'>[]
  readonly secrets: SecretService
  readonly outbound: OutboundService
}

/** Of one value as JSON. */
const mostBytes = 16_384

export function createSettingService({ systems, secrets, outbound }: SettingServiceOptions): SettingService {
  /** @throws invalid_request, and what the setting's own check refuses */
  async function requireFitting(definition: SettingDefinition, value: unknown, pointer: string): Promise<unknown> {
    const refuse = (message: string) => invalidRequest([{ in: 'body', pointer, message }])
    if (value === null || value === undefined) throw refuse('Must be a value; DELETE goes back to the default.')
    if (Buffer.byteLength(JSON.stringify(value)) > mostBytes) throw refuse(`Must be at most ${mostBytes} bytes of JSON.`)
    const { data, error } = definition.schema.safeParse(value)
    if (error !== undefined)
      throw invalidRequest(
        error.issues.map(({ path, message }) => ({ in: 'body', pointer: [pointer, ...path.map(String)].join('/'), message })),
      )
    if (definition.secret && typeof data !== 'string') throw refuse('A secret is a text.')
    await definition.check?.(data, { outbound })
    return data
  }

  async function writeOf(scope: TenantScope, definition: SettingDefinition, value: unknown): Promise<SettingWrite> {
    const { key, secret } = definition
    if (!secret) return { key, value: JSON.stringify(value), secret: null, fingerprint: null }
    const { sealed, fingerprint } = await secrets.sealForTenant(scope, secretPlace(key), String(value))
    return { key, value: null, secret: sealed, fingerprint }
  }

  async function write(scope: TenantScope, change: SettingWrite, expected: number | undefined): Promise<SettingRow> {
    const row = await scope.first(writeSetting(change, expected), { lane: 'write' })
    if (row !== undefined) return row
    const [current] = await findSettings(scope, [change.key])
    throw problems.precondition_failed('Somebody changed it since you read it.', { version: current?.version ?? 0 })
  }

  async function rowsOf(scope: TenantScope, definitions: readonly SettingDefinition[]): Promise<ReadonlyMap<string, SettingRow>> {
    const rows = await findSettings(
      scope,
      definitions.map(({ key }) => key),
    )
    return new Map(rows.map((row) => [row.key, row]))
  }

  const service: SettingService = {
    registry: createSettingRegistry(systems),

    async get(scope, definition) {
      const [value] = await service.getAll(scope, [definition])
      return value
    },

    async getAll(scope, definitions) {
      const rows = await rowsOf(scope, definitions as readonly SettingDefinition[])
      return definitions.map((definition) => holding(definition as SettingDefinition, rows.get(definition.key))) as never
    },

    async openSecret(scope, { key }) {
      const [row] = await findSettings(scope, [key])
      if (!row?.secret) return null
      return (await secrets.openForTenant(scope, secretPlace(key), row.secret)).toString()
    },

    async describe(scope, definitions) {
      const rows = await rowsOf(scope, definitions)
      return definitions.map((definition) => shown(definition, rows.get(definition.key)))
    },

    async set(scope, definition, value, expected) {
      const fitting = await requireFitting(definition, value, '/value')
      return shown(definition, await write(scope, await writeOf(scope, definition, fitting), expected))
    },

    async reset(scope, { key }, expected) {
      // One that nobody ever changed needs no row to be what it is.
      if (!expected && (await findSettings(scope, [key])).length === 0) return
      await write(scope, { key, value: null, secret: null, fingerprint: null }, expected)
    },

    async setAll(scope, values) {
      const changes: SettingWrite[] = []
      for (const [definition, value] of values) {
        const pointer = `/settings/${definition.key}`
        if (definition.secret)
          throw invalidRequest([{ in: 'body', pointer, message: 'A secret is not imported: set it by itself.' }])
        changes.push(await writeOf(scope, definition, await requireFitting(definition, value, pointer)))
      }
      if (changes.length > 0)
        await scope.batch(
          changes.map((change) => writeSetting(change, undefined)),
          { lane: 'write' },
        )
    },

    async history(scope, { key }, after, limit) {
      const [row] = await findSettings(scope, [key])
      if (row === undefined) return []
      return (await scope.run(auditEntries(scope, { objectId: row.id }, after, limit))).map(changeOf)
    },
  }
  return service
}

/** The key stands for the row: there is one of each in a tenant. */
function secretPlace(key: string): SecretPlace {
  return { table: 'tenantry.settings', column: 'secret', row: key }
}

function holding({ schema, secret, default: usual }: SettingDefinition, row: SettingRow | undefined): unknown {
  if (secret || row === undefined || row.value === null) return usual
  const { success, data } = schema.safeParse(row.value)
  return success ? data : usual
}

function shown(definition: SettingDefinition, row: SettingRow | undefined): Setting {
  const { key, title, category, secret = false } = definition
  return {
    key,
    title,
    category,
    secret,
    isSet: row !== undefined && (row.value !== null || row.secret !== null),
    value: holding(definition, row),
    default: definition.default,
    fingerprint: row?.fingerprint ?? null,
    changedAt: row?.changedAt ?? null,
    changedBy: row?.changedBy ?? null,
    changedByKind: row?.changedByKind ?? null,
    version: row?.version ?? 0,
  }
}

type Entry = ReturnType<typeof auditEntries> extends { readonly row?: infer Row } ? NonNullable<Row> : never

/** The audit has each change already, secrets redacted; of an update only what differs. */
function changeOf({ id, at, actorKind, actorId, impersonator, after }: Entry): SettingChange {
  const image = after ?? {}
  const differs = 'value' in image || 'fingerprint' in image
  return {
    id,
    at,
    actorKind: actorKind as SettingChange['actorKind'],
    actorId,
    impersonator,
    version: Number(image.version),
    ...(differs ? { isSet: (image.value ?? null) !== null || (image.fingerprint ?? null) !== null } : {}),
    value: image.value,
    ...('fingerprint' in image ? { fingerprint: image.fingerprint as string | null } : {}),
  }
}
