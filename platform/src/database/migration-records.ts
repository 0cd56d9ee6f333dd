import type { Client } from 'pg'
import type { SqlFile } from './migration-files.ts'

/** What the database remembers of one applied file. */
export interface MigrationRecord {
  readonly source: string
  readonly name: string
  readonly checksum: string
  readonly contracts: boolean
}

/** The table that remembers, made before the first migration. Its schema is where everything of the platform lives. */
const bootstrap = `
  create schema if not exists tenantry;
  create table if not exists tenantry.migrations (
    source      text not null,
    name        text not null,
    checksum    text not null,
    contracts   boolean not null default false,
    applied_at  timestamptz not null default clock_timestamp(),
    duration_ms integer not null,
    primary key (source, name)
  );
  comment on table tenantry.migrations is 'Applied SQL files and steps; written in the transaction of what they record';
  comment on column tenantry.migrations.contracts is 'Takes away what the previous release needs';
`

/** What is applied, by label (`bms/0001_buildings.sql`); undefined while the database is not a Tenantry database. */
export async function readRecords(client: Pick<Client, 'query'>): Promise<Map<string, MigrationRecord> | undefined> {
  const exists = await client.query<{ found: boolean }>(`select to_regclass('tenantry.migrations') is not null as found`)
  if (!exists.rows[0]?.found) return undefined
  const { rows } = await client.query<MigrationRecord>(
    'select source, name, checksum, contracts from tenantry.migrations order by source, name',
  )
  return new Map(rows.map((row) => [`${row.source}/${row.name}`, row]))
}

export async function readOrCreateRecords(client: Client): Promise<Map<string, MigrationRecord>> {
  const records = await readRecords(client)
  if (records) return records
  await client.query(bootstrap)
  return new Map()
}

export async function record(
  client: Client,
  file: Omit<MigrationRecord, 'contracts'> & { contracts?: boolean },
  milliseconds: number,
) {
  await client.query(
    `insert into tenantry.migrations (source, name, checksum, contracts, duration_ms) values ($1, $2, $3, $4, $5)
     on conflict (source, name) do update
       set checksum = excluded.checksum, applied_at = clock_timestamp(), duration_ms = excluded.duration_ms`,
    [file.source, file.name, file.checksum, file.contracts ?? false, Math.round(milliseconds)],
  )
}

/** What stands between files and database. Sources that the files do not mention belong to systems not installed here. */
export interface MigrationPlan {
  readonly pending: readonly SqlFile[]
  /** Applied by a newer release that only added things: this release works on. */
  readonly newer: readonly string[]
}

/**
 * Compares files with records.
 * @throws Error naming the file: edited after it landed, numbered below one already applied,
 *   or applied by a newer release that this one cannot work with.
 */
export function planMigrations(files: readonly SqlFile[], records: ReadonlyMap<string, MigrationRecord>): MigrationPlan {
  const known = new Map(files.map((file) => [file.label, file]))
  const sources = new Set(files.map((file) => file.source))
  const newer: string[] = []
  const last = new Map<string, string>()
  for (const [label, applied] of records) {
    if (!sources.has(applied.source)) continue
    const file = known.get(label)
    if (file && file.checksum !== applied.checksum) {
      throw new Error(`${label} was changed after it was applied here. Restore it, and write the change as a new migration.`)
    }
    if (!file && applied.contracts) {
      throw new Error(
        `The database has ${label} of a newer release, which took away what this release needs. Run that release or a newer one.`,
      )
    }
    if (!file) newer.push(label)
    else if (applied.name > (last.get(applied.source) ?? '')) last.set(applied.source, applied.name)
  }
  const pending = files.filter((file) => !records.has(file.label))
  const late = pending.find((file) => file.name < (last.get(file.source) ?? ''))
  if (late)
    throw new Error(
      `${late.label} comes before ${last.get(late.source)}, which is applied already. Give it the next free number.`,
    )
  return { pending, newer }
}
