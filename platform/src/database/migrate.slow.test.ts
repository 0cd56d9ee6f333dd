import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyDatabase } from '../testing/empty-database.ts'
import { type MigrationFolder, migrationFolder } from '../testing/migration-folder.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { type MigrationProgress, migrate, pendingMigrations } from './migrate.ts'

let database: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  database = await testDatabase()
  owner = new pg.Client({ connectionString: database.adminUrl })
  await owner.connect()
})

afterAll(async () => {
  await owner.end()
  await database.drop()
})

const run = (system: MigrationFolder, onProgress?: (progress: MigrationProgress) => void) =>
  migrate({ adminUrl: database.adminUrl, databaseUrl: database.appUrl, systems: [system], ...(onProgress ? { onProgress } : {}) })

async function count(table: string): Promise<unknown> {
  const { rows } = await owner.query<{ n: number }>(`select count(*)::int as n from ${table}`)
  return rows[0]?.n
}

test('a system gets its schema, and its migrations run once and in order', async () => {
  using system = migrationFolder('inorder', {
    '0001_rows.sql': 'create table inorder.rows (id int)',
    '0002_fill.sql': 'insert into inorder.rows values (1), (2)',
  })
  expect((await run(system)).applied).toEqual(['inorder/0001_rows.sql', 'inorder/0002_fill.sql'])
  expect((await run(system)).applied).toEqual([])
  system.write({ '0003_more.sql': 'insert into inorder.rows values (3)' })
  expect((await run(system)).applied).toEqual(['inorder/0003_more.sql'])
  expect(await count('inorder.rows')).toBe(3)
})

test('role names stand where the text says :app_role, :directory_role, :identity_role and :owner_role', async () => {
  using system = migrationFolder('named', {
    '0001_grants.sql': `create table named.t (id text default 'a'::text); grant select on named.t to :app_role, :directory_role, :identity_role; alter table named.t owner to :owner_role`,
  })
  await run(system)
  const { rows } = await owner.query(
    `select count(*)::int as n from information_schema.role_table_grants where table_schema = 'named' and privilege_type = 'SELECT'`,
  )
  expect(rows[0].n).toBe(4)
})

test('a failing migration leaves nothing behind, and the message names file and line', async () => {
  using system = migrationFolder('failing', {
    '0001_half.sql': 'create table failing.kept (id int);\ncreate table failing.lost (id nonsense);',
  })
  await expect(run(system)).rejects.toThrow(/^failing\/0001_half\.sql:2: type "nonsense" does not exist/)
  system.write({ '0001_half.sql': 'create table failing.kept (id int)' })
  expect((await run(system)).applied).toEqual(['failing/0001_half.sql'])
})

test('a migration that was changed after it was applied is refused by name, before anything runs', async () => {
  using system = migrationFolder('edited', { '0001_a.sql': 'create table edited.a (id int)' })
  await run(system)
  system.write({ '0001_a.sql': 'create table edited.a (id bigint)', '0002_b.sql': 'create table edited.b (id int)' })
  await expect(run(system)).rejects.toThrow('edited/0001_a.sql was changed after it was applied')
  expect((await owner.query(`select to_regclass('edited.b') as found`)).rows[0].found).toBeNull()
})

test('a migration that comes before an applied one, or shares its number, is refused', async () => {
  using system = migrationFolder('numbers', { '0002_b.sql': 'select 1' })
  await run(system)
  system.write({ '0001_a.sql': 'select 1' })
  await expect(run(system)).rejects.toThrow('numbers/0001_a.sql comes before 0002_b.sql')
  system.write({ '0002_c.sql': 'select 1' })
  await expect(run(system)).rejects.toThrow('numbers/0002_b.sql and numbers/0002_c.sql have the same number')
})

test('a newer release that only added things is worked with and reported; one that took something away is refused', async () => {
  using system = migrationFolder('newer', { '0001_a.sql': 'select 1', '0002_adds.sql': 'create table newer.added (id int)' })
  await run(system)
  system.remove('0002_adds.sql')
  expect(await run(system)).toEqual({ applied: [], newer: ['newer/0002_adds.sql'] })
  system.write({
    '0002_adds.sql': 'create table newer.added (id int)',
    '0003_takes.sql': '-- tenantry: contract\ndrop table newer.added',
  })
  await run(system)
  system.remove('0003_takes.sql')
  await expect(run(system)).rejects.toThrow('newer/0003_takes.sql of a newer release')
})

test('a migration that ends its own transaction is refused', async () => {
  using system = migrationFolder('commits', { '0001_a.sql': 'create table commits.a (id int); commit; begin' })
  await expect(run(system)).rejects.toThrow('commits/0001_a.sql ends its transaction')
})

test('a table in use is asked for two seconds at a time, again and again, until it is free', async () => {
  using system = migrationFolder('busy', { '0001_t.sql': 'create table busy.t (id int)' })
  await run(system)
  system.write({ '0002_column.sql': 'alter table busy.t add column name text' })
  await owner.query('begin; lock table busy.t in access share mode')
  const retries: MigrationProgress[] = []
  const result = await run(system, (progress) => {
    if (progress.kind !== 'retry') return
    retries.push(progress)
    void owner.query('commit')
  })
  expect(retries[0]).toEqual({ kind: 'retry', label: 'busy/0002_column.sql', attempt: 1 })
  expect(result.applied).toEqual(['busy/0002_column.sql'])
})

test('an index is built beside running writers, and one whose building was cut off is built anew', async () => {
  using system = migrationFolder('beside', {
    '0001_t.sql': 'create table beside.t (id int); insert into beside.t values (1), (1)',
  })
  await run(system)
  system.write({
    '0002_index.sql': '-- tenantry: no transaction\ncreate unique index concurrently if not exists t_id on beside.t (id)',
  })
  await expect(run(system)).rejects.toThrow('beside/0002_index.sql: could not create unique index')
  await owner.query('delete from beside.t')
  expect((await run(system)).applied).toEqual(['beside/0002_index.sql'])
  expect((await owner.query(`select indisvalid from pg_index where indexrelid = 'beside.t_id'::regclass`)).rows).toEqual([
    { indisvalid: true },
  ])
})

test('what a library brings runs after the migrations, and again when its version changes', async () => {
  const seen: string[] = []
  const step = (version: string) => ({
    name: 'library',
    version,
    run: async (client: pg.Client) => {
      const { rows } = await client.query<{ role: string }>('select current_user as role')
      seen.push(`${version} as ${rows[0]?.role.replace(/^tt_\w{12}_/, '')}`)
    },
  })
  const steps = { adminUrl: database.adminUrl, databaseUrl: database.appUrl }
  expect((await migrate({ ...steps, afterMigrations: [step('1')] })).applied).toEqual(['library'])
  expect((await migrate({ ...steps, afterMigrations: [step('1')] })).applied).toEqual([])
  await migrate({ ...steps, afterMigrations: [step('2')] })
  expect(seen).toEqual(['1 as owner', '2 as owner'])
})

test('progress tells each step with its place among all', async () => {
  using system = migrationFolder('progress', { '0001_a.sql': 'select 1', '0002_b.sql': 'select 1' })
  const told: string[] = []
  await run(system, (step) =>
    told.push('position' in step ? `${step.kind} ${step.label} ${step.position}/${step.total}` : step.kind),
  )
  expect(told).toEqual([
    'started progress/0001_a.sql 1/2',
    'done progress/0001_a.sql 1/2',
    'started progress/0002_b.sql 2/2',
    'done progress/0002_b.sql 2/2',
  ])
})

test('what is pending can be asked by the app role, and asking applies nothing', async () => {
  using system = migrationFolder('asked', { '0001_a.sql': 'create table asked.a (id int)' })
  const app = new pg.Client({ connectionString: database.appUrl })
  await app.connect()
  const pending = async () => (await pendingMigrations(app, { systems: [system] })).pending
  expect(await pending()).toEqual(['asked/0001_a.sql'])
  await run(system)
  expect(await pending()).toEqual([])
  await app.end()
})

test('on an empty database everything is pending', async () => {
  const empty = await emptyDatabase()
  const client = new pg.Client({ connectionString: empty.adminUrl })
  await client.connect()
  expect((await pendingMigrations(client)).pending).toContain('platform/0001_installation.sql')
  await client.end()
  await empty.drop()
})
