import { execFileSync } from 'node:child_process'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from './test-database.ts'

const databases: TestDatabase[] = []
afterAll(() => Promise.all(databases.map((database) => database.drop())))

async function make(): Promise<TestDatabase> {
  const database = await testDatabase()
  databases.push(database)
  return database
}

async function ask(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(text)
    return Object.values(rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}

test('each test file gets a migrated database of its own, many at once', async () => {
  const made = await Promise.all([make(), make(), make(), make()])
  expect(new Set(made.map(({ name }) => name)).size).toBe(4)
  for (const { appUrl, name } of made) {
    expect(await ask(appUrl, `select current_database() from tenantry.installation`)).toBe(name)
  }
})

test('its roles are the four of an installation', async () => {
  const { adminUrl, appUrl, directoryUrl, identityUrl, superuserUrl } = await make()
  expect(await ask(adminUrl, 'select current_user')).toMatch(/^tt_\w+_owner$/)
  expect(await ask(appUrl, 'select current_user')).toMatch(/^tt_\w+_app$/)
  expect(await ask(directoryUrl, 'select current_user')).toMatch(/^tt_\w+_directory$/)
  expect(await ask(identityUrl, 'select current_user')).toMatch(/^tt_\w+_identity$/)
  expect(await ask(superuserUrl, `select rolsuper from pg_roles where rolname = current_user`)).toBe(true)
})

test('a copy of the template is as closed to others as the template', async () => {
  const { superuserUrl } = await make()
  expect(await ask(superuserUrl, `select has_database_privilege('public', current_database(), 'connect, temp')`)).toBe(false)
})

test('dropping takes the database away, even while somebody is connected', async () => {
  const { superuserUrl, appUrl, name, drop } = await testDatabase()
  const client = new pg.Client({ connectionString: appUrl })
  client.on('error', () => undefined)
  await client.connect()
  await drop()
  const template = superuserUrl.replace(name, 'postgres')
  expect(await ask(template, `select count(*)::int from pg_database where datname = '${name}'`)).toBe(0)
})

test('what a process that died did not drop is swept by a later one', async () => {
  const { superuserUrl } = await make()
  const inProcess = () => {
    const module = JSON.stringify(new URL('./test-database.ts', import.meta.url).href)
    const script = `const { testDatabase } = await import(${module}); console.log((await testDatabase()).name)`
    return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()
  }
  const exists = (name: string) => ask(superuserUrl, `select count(*)::int from pg_database where datname = '${name}'`)
  const left = inProcess()
  expect(await exists(left)).toBe(1)
  inProcess()
  expect(await exists(left)).toBe(0)
})
