import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { type SqlFile, withRoles } from './migration-files.ts'
import { record } from './migration-records.ts'
import type { RoleNames } from './role-names.ts'
import { isOneOf } from './roles.ts'

/** A table is asked for this long at most: everybody who comes after a waiting DDL statement waits behind it. */
const lockTimeout = '2s'

/** About ten minutes of asking, with pauses in which the table's users get their turn. */
const attempts = 60

const lockNotAvailable = '55P03'
const deadlockDetected = '40P01'

export type OnRetry = (label: string, attempt: number) => void

/** One migration and its record: both or neither. */
export async function applyMigration(client: Client, file: SqlFile, names: RoleNames, onRetry: OnRetry): Promise<void> {
  if (!file.transaction) return applyAlone(client, file, names, onRetry)
  const started = performance.now()
  await patiently(file.label, onRetry, () =>
    inTransaction(client, async () => {
      await runText(client, file, names)
      await record(client, file, performance.now() - started)
    }),
  )
}

/** All functions of a release, or none of them: they call each other. */
export async function applyFunctions(
  client: Client,
  files: readonly SqlFile[],
  names: RoleNames,
  onRetry: OnRetry,
): Promise<void> {
  await patiently('functions', onRetry, () =>
    inTransaction(client, async () => {
      // On a new database they name tables that the migrations after them create.
      await client.query('set local check_function_bodies = off')
      for (const file of files) {
        const started = performance.now()
        await runText(client, file, names)
        await record(client, file, performance.now() - started)
      }
    }),
  )
}

/**
 * What PostgreSQL refuses inside a transaction. A process killed between statement and record runs it again,
 * so it has to be idempotent; `if not exists` alone is not enough for an index whose building was cut off.
 */
async function applyAlone(client: Client, file: SqlFile, names: RoleNames, onRetry: OnRetry): Promise<void> {
  const started = performance.now()
  const text = withRoles(file.text, names)
  await patiently(file.label, onRetry, async () => {
    await dropUnfinishedIndex(client, text)
    await client.query(`set lock_timeout = '${lockTimeout}'`)
    await client.query(text).catch((error: unknown) => {
      throw located(error, file)
    })
  })
  await record(client, file, performance.now() - started)
}

async function dropUnfinishedIndex(client: Client, text: string): Promise<void> {
  const match = /^create\s+(?:unique\s+)?index\s+concurrently\s+if\s+not\s+exists\s+(\w+)\s+on\s+([\w.]+)/im.exec(text)
  if (!match) return
  const { rows } = await client.query<{ name: string }>(
    `select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = to_regclass($2) and c.relname = $1 and not i.indisvalid`,
    [match[1], match[2]],
  )
  for (const { name } of rows) await client.query(`drop index concurrently ${name}`)
}

async function runText(client: Client, file: SqlFile, names: RoleNames): Promise<void> {
  const before = await transactionId(client)
  await client.query(withRoles(file.text, names)).catch((error: unknown) => {
    throw located(error, file)
  })
  if ((await transactionId(client)) !== before) {
    throw new Error(`${file.label} ends its transaction. Leave begin and commit out: the record must be in the same one.`)
  }
}

async function transactionId(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id')
  return rows[0]?.id
}

async function inTransaction(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin')
  try {
    await client.query(`set local lock_timeout = '${lockTimeout}'`)
    await work()
    const { command } = await client.query('commit')
    if (command !== 'COMMIT') throw new Error('PostgreSQL rolled the migration back at its commit.')
  } catch (error) {
    // A broken connection has rolled back by itself; the first error is the one to tell.
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

async function patiently(label: string, onRetry: OnRetry, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === attempts || !isOneOf(error, [lockNotAvailable, deadlockDetected])) throw error
      onRetry(label, attempt)
      await sleep(Math.min(100 * 2 ** attempt, 10_000) * (0.5 + Math.random()))
    }
  }
}

/** The same error with file and line in front: PostgreSQL only tells the character. */
function located(error: unknown, file: SqlFile): unknown {
  if (!(error instanceof Error)) return error
  const position = 'position' in error ? Number(error.position) : Number.NaN
  const line = Number.isNaN(position) ? '' : `:${file.text.slice(0, position).split('\n').length}`
  error.message = `${file.label}${line}: ${error.message}`
  return error
}
