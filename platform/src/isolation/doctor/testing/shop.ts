import pg from 'pg'
import { quoteName, roleNames } from '../../../database/role-names.ts'
import { type TestDatabase, testDatabase } from '../../../testing/test-database.ts'
import { type ExamineOptions, examine } from '../examine.ts'
import type { Report } from '../report.ts'

/** Somebody else's application on the platform, using all that enrolment offers. */
const shop = `
  create schema shop;

  create table shop.customers (id uuid not null primary key, name text not null, email text);
  select tenantry.enroll('shop.customers', audit => true, redact => '{email}', counts => 'customers', granted_by => 'id',
    search => '{name}', directory => '{id,name}');

  create table shop.orders (id uuid not null, customer_id uuid not null, number bigint not null, total bigint not null);
  select tenantry.enroll('shop.orders', parents => '{"customer_id": "shop.customers"}', granted_by => 'customer_id');

  create table shop.readings (at timestamptz not null, value double precision) partition by range (at);
  select tenantry.enroll('shop.readings', access => 'append');
  select tenantry.add_partition('shop.readings', date_trunc('month', now()), date_trunc('month', now()) + interval '1 year');

  create table shop.loose (text text not null);
  select tenantry.enroll('shop.loose');`

export interface Shop {
  readonly database: TestDatabase
  readonly options: ExamineOptions
  /** What the doctor says of a database as PostgreSQL makes it. */
  readonly fresh: Report
  /** As the superuser, who may break everything. */
  readonly client: pg.Client
  /**
   * Breaks the shop, does the work on `client`, and undoes it: nobody else ever sees the broken state, the roles of the cluster
   * included. `:app`, `:directory`, `:identity`, `:owner`, `:database` and `:partition` stand for quoted names.
   */
  readonly whileBroken: <T>(sql: string, work: () => Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

/** A migrated database with the shop in it, on which the doctor is silent. */
export async function openShop(): Promise<Shop> {
  const database = await testDatabase()
  await withClient(database.adminUrl, (owner) => owner.query(shop))
  const client = new pg.Client({ connectionString: database.superuserUrl })
  await client.connect()
  const names = roleNames(database.appUrl)
  const options = { appRole: names.app, directoryRole: names.directory, identityRole: names.identity, ownerRole: names.owner }
  const fresh = await examine(client, options)
  // What a provider hands out with every database; here we are the provider.
  for (const { mend } of fresh.findings.filter(({ weight }) => weight === 'outside')) await client.query(mend)
  const partition = await client.query(
    `select min(inhrelid::regclass::text) as name from pg_inherits where inhparent = 'shop.readings'::regclass`,
  )
  const quoted: Record<string, string> = {
    app: quoteName(names.app),
    directory: quoteName(names.directory),
    identity: quoteName(names.identity),
    owner: quoteName(names.owner),
    database: quoteName(database.name),
    partition: partition.rows[0].name,
  }
  return {
    database,
    client,
    options,
    fresh,
    whileBroken: async (sql, work) => {
      await client.query('begin')
      try {
        await client.query(
          sql.replaceAll(/(?<!:):(app|directory|identity|owner|database|partition)\b/g, (_, name: string) => quoted[name] ?? ''),
        )
        return await work()
      } finally {
        await client.query('rollback')
      }
    },
    close: async () => {
      await client.end()
      await database.drop()
    },
  }
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
