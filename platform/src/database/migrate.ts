import pg from 'pg'
import { type MigrationSource, platformSource, readFunctions, readMigrations, type SqlFile } from './migration-files.ts'
import { withMigrationLock } from './migration-lock.ts'
import { type MigrationRecord, planMigrations, readOrCreateRecords, readRecords, record } from './migration-records.ts'
import { applyFunctions, applyMigration } from './migration-steps.ts'
import { quoteName, type RoleNames, roleNames } from './role-names.ts'
import { ensureRoles } from './roles.ts'

/** What a library brings into the database by itself (a queue's tables), as the owner, after our own migrations. */
export interface AfterMigration {
  readonly name: string
  /** Run again when this differs from what the database recorded. */
  readonly version: string
  readonly run: (client: pg.Client, names: RoleNames) => Promise<void>
}

export interface MigrateOptions {
  /** The owner's address (`TENANTRY_ADMIN_URL`), straight to PostgreSQL: a transaction pooler cannot hold the lock. */
  readonly adminUrl: string
  /** The app's address (`DATABASE_URL`): names the roles, and their passwords when they are created. */
  readonly databaseUrl: string
  readonly directoryUrl?: string
  readonly identityUrl?: string
  readonly systems?: readonly MigrationSource[]
  readonly afterMigrations?: readonly AfterMigration[]
  readonly resetPasswords?: boolean
  readonly onProgress?: (progress: MigrationProgress) => void
}

export type MigrationProgress =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'started' | 'done'; readonly label: string; readonly position: number; readonly total: number }
  /** A table was in use, attempt after attempt; the next one follows by itself. */
  | { readonly kind: 'retry'; readonly label: string; readonly attempt: number }

export interface MigrateResult {
  /** Labels of what this call applied, in order. */
  readonly applied: readonly string[]
  /** Migrations of a newer release that are in the database and do no harm. */
  readonly newer: readonly string[]
}

/**
 * Brings the database to this release: roles, functions, the platform's migrations, each system's.
 * Any number of processes may call it at once, and one that was killed is simply run again.
 *
 * @throws Error that names the file: changed after it landed, out of order, of a newer release, or refused by PostgreSQL.
 * @example
 * await migrate({ adminUrl, databaseUrl, systems: [{ name: 'bms', directory: new URL('./migrations/', import.meta.url) }] })
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const names = roleNames(options.databaseUrl, options.adminUrl)
  const systems = options.systems ?? []
  const client = new pg.Client({ connectionString: options.adminUrl, application_name: 'tenantry migrate', keepAlive: true })
  // A connection lost between two statements; the next statement reports it.
  client.on('error', () => undefined)
  await client.connect()
  try {
    // A killed process' statement ends within a second instead of keeping the lock until it is through.
    await client.query(
      `set client_connection_check_interval = '1s'; set client_min_messages = warning; set statement_timeout = 0`,
    )
    return await withMigrationLock(
      client,
      () => options.onProgress?.({ kind: 'waiting' }),
      async () => {
        await ensureRoles(client, { ...options, names })
        const records = await readOrCreateRecords(client)
        const { functions, plan, after } = await whatIsMissing(options, records)
        const steps = [
          ...functionStep(functions, names, options),
          ...plan.pending.map((file) => migrationStep(file, names, options)),
          ...after.map((step) => afterStep(step, names)),
        ]
        for (const { name } of systems) await ensureSchema(client, name, names, records)
        const applied: string[] = []
        for (const [index, step] of steps.entries()) {
          const progress = { label: step.label, position: index + 1, total: steps.length }
          options.onProgress?.({ kind: 'started', ...progress })
          await step.run(client)
          options.onProgress?.({ kind: 'done', ...progress })
          applied.push(step.label)
        }
        return { applied, newer: plan.newer }
      },
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * What `migrate` would apply, without touching anything. Any role of the installation may ask, a server at its start for example.
 *
 * @throws Error as `migrate` does, when files and database do not fit together
 */
export async function pendingMigrations(
  client: Pick<pg.Client, 'query'>,
  options: Pick<MigrateOptions, 'systems' | 'afterMigrations'> = {},
): Promise<{ readonly pending: readonly string[]; readonly newer: readonly string[] }> {
  const { functions, plan, after } = await whatIsMissing(options, (await readRecords(client)) ?? new Map())
  const labels = [...functions, ...plan.pending].map((file) => file.label)
  return { pending: [...labels, ...after.map((step) => step.name)], newer: plan.newer }
}

async function whatIsMissing(
  { systems = [], afterMigrations = [] }: Pick<MigrateOptions, 'systems' | 'afterMigrations'>,
  records: ReadonlyMap<string, MigrationRecord>,
) {
  const functions = await readFunctions()
  const migrations = await Promise.all([platformSource, ...systems].map(readMigrations))
  return {
    functions: functions.filter((file) => records.get(file.label)?.checksum !== file.checksum),
    plan: planMigrations(migrations.flat(), records),
    after: afterMigrations.filter((step) => records.get(`after/${step.name}`)?.checksum !== step.version),
  }
}

interface Step {
  readonly label: string
  readonly run: (client: pg.Client) => Promise<void>
}

function functionStep(changed: readonly SqlFile[], names: RoleNames, options: MigrateOptions): Step[] {
  if (changed.length === 0) return []
  return [{ label: 'functions', run: (client) => applyFunctions(client, changed, names, retryReport(options)) }]
}

function migrationStep(file: SqlFile, names: RoleNames, options: MigrateOptions): Step {
  return { label: file.label, run: (client) => applyMigration(client, file, names, retryReport(options)) }
}

function afterStep(step: AfterMigration, names: RoleNames): Step {
  return {
    label: step.name,
    run: async (client) => {
      const started = performance.now()
      await step.run(client, names)
      await record(client, { source: 'after', name: step.name, checksum: step.version }, performance.now() - started)
    },
  }
}

function retryReport(options: MigrateOptions) {
  return (label: string, attempt: number) => options.onProgress?.({ kind: 'retry', label, attempt })
}

/** Each system has a schema of its name. Its tables are granted by enrolment, one by one; the schema only opens the door. */
async function ensureSchema(client: pg.Client, name: string, names: RoleNames, records: ReadonlyMap<string, MigrationRecord>) {
  if ([...records.values()].some((applied) => applied.source === name)) return
  await client.query(
    `create schema if not exists ${quoteName(name)};
     grant usage on schema ${quoteName(name)} to ${quoteName(names.app)}, ${quoteName(names.directory)}`,
  )
}
