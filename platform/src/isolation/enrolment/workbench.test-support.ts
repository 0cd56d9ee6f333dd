import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect } from 'vitest'
import { type TestDatabase, testDatabase } from '../../testing/test-database.ts'

type Rows = Record<string, unknown>[]

export interface ActingAs {
  readonly reach?: 'all' | 'granted' | 'none'
  readonly actor?: string
  readonly origin?: Readonly<Record<string, string>>
}

/** A migrated database with an owner and an app connection, for trying enrolment on tables made up on the spot. */
export class Workbench {
  readonly database: TestDatabase
  readonly #owner: pg.Client
  readonly #app: pg.Client

  constructor(database: TestDatabase, owner: pg.Client, app: pg.Client) {
    this.database = database
    this.#owner = owner
    this.#app = app
  }

  /** Statements of a migration, in one transaction; answers the last one's rows. */
  owner(text: string, tenant?: string): Promise<Rows> {
    return inTransaction(this.#owner, tenant === undefined ? [] : [contextOf(tenant, {})], text)
  }

  /** One statement of the app in a tenant's context. */
  tenant(tenant: string, text: string, as: ActingAs = {}): Promise<Rows> {
    return inTransaction(this.#app, [contextOf(tenant, as)], text)
  }

  /** One statement of the app without any context. */
  nobody(text: string): Promise<Rows> {
    return inTransaction(this.#app, [], text)
  }

  /** What is really there, whoever it belongs to. */
  async everything(text: string): Promise<Rows> {
    const client = await connected(this.database.superuserUrl)
    try {
      return (await client.query(text)).rows
    } finally {
      await client.end()
    }
  }

  /** A tenant with its row in the directory and limits for counted quotas. */
  async newTenant(limits: Readonly<Record<string, number | null>> = {}): Promise<string> {
    const id = randomUUID()
    const slug = `t${id.replaceAll('-', '').slice(0, 20)}`
    await this.owner(
      `insert into tenantry.tenants (id, slug, name, system, tier, status) values ('${id}', '${slug}', 'Trial', 'bms', 'trial', 'active');
       insert into tenantry.counters (name, used) select name, 0 from unnest('{${Object.keys(limits).join()}}'::text[]) name
         on conflict do nothing;
       ${Object.entries(limits)
         .map(([name, max]) => `insert into tenantry.limits (name, max, mode) values ('${name}', ${max}, 'hard');`)
         .join('\n')}
       select 1`,
      id,
    )
    return id
  }

  /** Further app connections, for what happens at the same time. */
  async inParallel<T>(count: number, work: (client: pg.Client, index: number) => Promise<T>): Promise<T[]> {
    const clients = await Promise.all(Array.from({ length: count }, () => connected(this.database.appUrl)))
    try {
      return await Promise.all(clients.map(work))
    } finally {
      await Promise.all(clients.map((client) => client.end()))
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#owner.end(), this.#app.end()])
    await this.database.drop()
  }
}

export async function openWorkbench(): Promise<Workbench> {
  const database = await testDatabase()
  const [owner, app] = await Promise.all([connected(database.adminUrl), connected(database.appUrl)])
  await owner.query('create schema shop')
  return new Workbench(database, owner, app)
}

/** What PostgreSQL answers when enrolment refuses a table (TN006) for this reason. */
export const refusal = (reason: string) => ({ code: 'TN006', message: expect.stringContaining(reason) })

export async function inTransaction(client: pg.Client, before: readonly string[], text: string): Promise<Rows> {
  await client.query('begin')
  try {
    for (const statement of before) await client.query(statement)
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(text)
    await client.query('commit')
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? []
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

export function contextOf(tenant: string, { reach = 'all', actor = '', origin }: ActingAs): string {
  return `select set_config('tenantry.tenant', '${tenant}', true), set_config('tenantry.actor', '${actor}', true),
    set_config('tenantry.actor_kind', '${actor === '' ? '' : 'member'}', true), set_config('tenantry.reach', '${reach === 'none' ? '' : reach}', true),
    set_config('tenantry.request', 'request-1', true), set_config('tenantry.origin', '${origin ? JSON.stringify(origin) : ''}', true)`
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  return client
}
