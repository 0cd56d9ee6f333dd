import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Setting } from './setting.ts'

export interface SettingRow {
  readonly id: string
  readonly key: string
  readonly value: unknown
  readonly secret: Buffer | null
  readonly fingerprint: string | null
  readonly version: number
  readonly changedAt: string
  readonly changedBy: string | null
  readonly changedByKind: Setting['changedByKind']
}

const columns = sql`id, key, value, secret, fingerprint, version, changed_at, changed_by, changed_by_kind`

export function findSettings(scope: TenantScope, keys: readonly string[]): Promise<SettingRow[]> {
  return scope.run(sql<SettingRow>`select ${columns} from tenantry.settings where key = any(${keys}::text[])`)
}

/** What to write: a value, a sealed secret, or neither for the default. */
export interface SettingWrite {
  readonly key: string
  /** JSON; null for a secret and for the default. */
  readonly value: string | null
  readonly secret: Buffer | null
  readonly fingerprint: string | null
}

/** Answers nothing where the setting has another version than the one expected; without one whatever is there is replaced. */
export function writeSetting(write: SettingWrite, expected: number | undefined): SqlFragment<SettingRow> {
  const { key, value, secret, fingerprint } = write
  const version = sql`${expected ?? null}::int`
  return sql<SettingRow>`with changed as (
      insert into tenantry.settings as s (key, value, secret, fingerprint, changed_by)
      select ${key}, ${value}::jsonb, ${secret}::bytea, ${fingerprint}, tenantry.actor()
       where coalesce(${version}, 0) = 0 or exists (select from tenantry.settings where key = ${key})
      on conflict (tenant_id, key) do update
        set value = excluded.value, secret = excluded.secret, fingerprint = excluded.fingerprint, version = s.version + 1,
            changed_at = excluded.changed_at, changed_by = excluded.changed_by, changed_by_kind = excluded.changed_by_kind
        where ${version} is null or s.version = ${version}
      returning ${columns})
    select * from changed where tenantry.emit('platform.setting.changed', id, jsonb_build_object('key', key))::text is not null`
}
