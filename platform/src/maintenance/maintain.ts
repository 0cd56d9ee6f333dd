import pg from 'pg'
import { type Erasure, sweepErased } from '../tenants/erase-tenant.ts'
import { beginSubscriptions } from './begin-subscriptions.ts'
import { eraseDue } from './erase-due.ts'
import { type ChangePruner, pruneExpired, pruneKeptAnswers } from './prune.ts'
import { prunePersons } from './prune-persons.ts'
import { pruneTokens } from './prune-tokens.ts'
import { dropExpired, makePartitions, type Retention, usualRetention } from './retention.ts'
import { checkCounters, type MendedCounter, pruneQuotas } from './tend-quotas.ts'

export interface MaintenanceOptions {
  /** The owner's address (`TENANTRY_ADMIN_URL`), straight to PostgreSQL: it holds a lock of the session. */
  readonly adminUrl: string
  /** Of the directory role: which tenants there are. The owner itself sees one tenant at a time. */
  readonly directoryUrl: string
  /** Added to, or instead of, the usual one: days by table. */
  readonly retention?: Retention
  readonly changes: ChangePruner
  /** Told of each step that failed; the others go on. */
  readonly onFailure: (step: string, error: unknown) => void
}

export interface MaintenanceReport {
  readonly partitionsMade: readonly string[]
  readonly partitionsDropped: readonly string[]
  readonly rowsPruned: number
  /** Counters that did not say how many rows there are, and do now. */
  readonly countersMended: readonly MendedCounter[]
  /** Tenants that had a plan and no subscription. */
  readonly subscriptionsBegun: number
  readonly erased: readonly Erasure[]
}

/** `light`: what cannot wait for an hour. `full`: all of it. */
export type Depth = 'light' | 'full'

/**
 * One round of maintenance, or undefined while another process is at it.
 *
 * @example
 * const report = await maintain('full', { adminUrl, directoryUrl, changes: new ChangePruner(), onFailure: console.error })
 */
export async function maintain(depth: Depth, options: MaintenanceOptions): Promise<MaintenanceReport | undefined> {
  return withClient(options.adminUrl, 'tenantry maintenance', async (client) => {
    const { rows } = await client.query<{ ours: boolean }>(
      `select pg_try_advisory_lock(hashtextextended('tenantry.maintenance', 0)) as ours`,
    )
    if (rows[0]?.ours !== true) return undefined
    // A table in use is left for the next round: everybody who comes after a waiting DDL statement waits behind it.
    await client.query(`set lock_timeout = '2s'`)
    return withClient(options.directoryUrl, 'tenantry maintenance directory', (directory) =>
      round(depth, options, client, directory),
    )
  })
}

async function round(
  depth: Depth,
  options: MaintenanceOptions,
  client: pg.Client,
  directory: pg.Client,
): Promise<MaintenanceReport> {
  const step = async <T>(name: string, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      options.onFailure(name, error)
      return otherwise
    }
  }
  const full = depth === 'full'
  const retention = { ...usualRetention, ...options.retention }
  const pruned = [
    await step('prune changes', () => options.changes.prune(client), 0),
    full ? await step('prune answers', () => pruneKeptAnswers(client, tenantsOf(directory)), 0) : 0,
    full ? await step('prune tokens', () => pruneTokens(client, tenantsOf(directory)), 0) : 0,
    full ? await step('prune quotas', () => pruneQuotas(client, tenantsOf(directory)), 0) : 0,
    full ? await step('prune what expired', () => pruneExpired(client), 0) : 0,
    full ? await step('prune sessions', () => prunePersons(client), 0) : 0,
    full ? await step('sweep erased tenants', () => sweepErased(client), 0) : 0,
  ]
  return {
    partitionsMade: full ? await step('make partitions', () => makePartitions(client), []) : [],
    partitionsDropped: full
      ? await step('drop partitions', async () => dropExpired(client, retention, await heldTenants(directory)), [])
      : [],
    rowsPruned: pruned.reduce((sum, rows) => sum + rows, 0),
    countersMended: full ? await step('check counters', () => checkCounters(client, tenantsOf(directory)), []) : [],
    subscriptionsBegun: full ? await step('begin subscriptions', () => beginSubscriptions(client, tenantsOf(directory)), 0) : 0,
    erased: await step(
      'erase tenants',
      () => eraseDue(client, (tenantId, error) => options.onFailure(`erase tenant ${tenantId}`, error)),
      [],
    ),
  }
}

const tenantsAtOnce = 1_000

async function* tenantsOf(directory: pg.Client): AsyncGenerator<string> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await directory.query<{ id: string }>('select id from tenantry.tenants where id > $1 order by id limit $2', [
      after,
      tenantsAtOnce,
    ])
    for (const { id } of rows) yield id
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

async function heldTenants(directory: pg.Client): Promise<string[]> {
  const { rows } = await directory.query<{ id: string }>('select id from tenantry.tenants where legal_hold')
  return rows.map(({ id }) => id)
}

async function withClient<T>(url: string, name: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: name, keepAlive: true })
  // A connection lost between two statements; the next statement reports it.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
