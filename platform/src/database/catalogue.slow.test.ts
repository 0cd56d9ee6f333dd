import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { emptyDatabase } from '../testing/empty-database.ts'
import { testDatabase } from '../testing/test-database.ts'
import { catalogueOf, readCatalogue } from './catalogue.ts'
import { platformSource, readFunctions, readMigrations } from './migration-files.ts'
import { readOrCreateRecords } from './migration-records.ts'
import { applyFunctions, applyMigration } from './migration-steps.ts'
import { roleNames } from './role-names.ts'
import { ensureRoles } from './roles.ts'

const golden = () => readFileSync(new URL('../../sql/catalogue.txt', import.meta.url), 'utf8')

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work()
})

/** A tenant at work, as far as the tables are there. */
async function work(owner: pg.Client): Promise<void> {
  await owner.query('begin')
  await owner.query(`select set_config('tenantry.tenant', $1, true), set_config('tenantry.reach', 'all', true)`, [randomUUID()])
  const name = `t${randomUUID().slice(0, 8)}`
  const rows: Record<string, string> = {
    'tenantry.tenants': `(slug, name, system, tier) values ('${name}', 'T', 'bms', 'base')`,
    'tenantry.limits': `(name, max) values ('buildings', 3)`,
    'tenantry.hosts': `(host, kind) values ('${name}', 'slug')`,
    'tenantry.grants': `(actor_id, object_id) values (gen_random_uuid(), gen_random_uuid())`,
    'tenantry.summaries': 'default values',
  }
  for (const [table, values] of Object.entries(rows)) {
    const { rows: found } = await owner.query<{ there: boolean }>('select to_regclass($1) is not null as there', [table])
    if (found[0]?.there) await owner.query(`insert into ${table} ${values}`)
  }
  await owner.query('commit')
}

test('the committed catalogue is what the migrations make, on this PostgreSQL', async () => {
  const database = await testDatabase()
  cleanUp.push(database.drop)
  expect(await readCatalogue(database.adminUrl, roleNames(database.appUrl))).toBe(golden())
})

test('a database that was migrated step by step, with tenants at work in between, is like a fresh one', async () => {
  const database = await emptyDatabase()
  cleanUp.push(database.drop)
  const owner = new pg.Client({ connectionString: database.adminUrl })
  await owner.connect()
  cleanUp.push(() => owner.end())

  const names = roleNames(database.databaseUrl, database.adminUrl)
  await ensureRoles(owner, { names, databaseUrl: database.databaseUrl })
  await readOrCreateRecords(owner)
  await applyFunctions(owner, await readFunctions(), names, () => undefined)
  for (const file of await readMigrations(platformSource)) {
    await applyMigration(owner, file, names, () => undefined)
    await work(owner)
  }
  expect(await readCatalogue(database.adminUrl, names)).toBe(golden())
})

test('a grant, a policy or a column more or less shows', async () => {
  const database = await testDatabase()
  cleanUp.push(database.drop)
  const owner = new pg.Client({ connectionString: database.adminUrl })
  await owner.connect()
  cleanUp.push(() => owner.end())
  const names = roleNames(database.appUrl)
  const before = await readCatalogue(database.adminUrl, names)
  for (const change of [
    `grant select (hash) on tenantry.operator_keys to ${names.app}`,
    'alter table tenantry.hosts no force row level security',
    'create policy second on tenantry.hosts using (true)',
    'alter table tenantry.hosts add column note text',
    'alter function tenantry.clock() security invoker',
    'alter table tenantry.hosts disable trigger tenantry_no_truncate',
    `alter default privileges grant select on tables to ${names.app}`,
  ]) {
    await owner.query('begin')
    await owner.query(change)
    expect(await catalogueOf(owner, names), change).not.toBe(before)
    await owner.query('rollback')
  }
})
