import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { type EmptyDatabase, emptyDatabase } from '../testing/empty-database.ts'
import { withUser } from './connection-url.ts'
import { roleNames } from './role-names.ts'
import { ensureRoles } from './roles.ts'

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work()
})

async function newDatabase(): Promise<EmptyDatabase & { owner: pg.Client }> {
  const database = await emptyDatabase()
  cleanUp.push(database.drop)
  const owner = await connect(database.adminUrl)
  return { ...database, owner }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  cleanUp.push(() => client.end())
  return client
}

test('an owner without superuser makes the three roles, which are members of nothing and may do nothing special', async () => {
  const { owner, adminUrl, databaseUrl } = await newDatabase()
  const names = roleNames(databaseUrl, adminUrl)
  await ensureRoles(owner, { names, databaseUrl })
  const { rows } = await owner.query(
    `select rolname, rolcanlogin, rolinherit, rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication as special,
       (select count(*)::int from pg_auth_members m where m.member = r.oid) as memberships
     from pg_roles r where rolname = any($1) order by rolname`,
    [[names.app, names.directory, names.identity]],
  )
  expect(rows).toEqual(
    [names.app, names.directory, names.identity].map((rolname) => ({
      rolname,
      rolcanlogin: true,
      rolinherit: false,
      special: false,
      memberships: 0,
    })),
  )
})

test('afterwards nobody else connects, makes temporary tables, or uses the schema public', async () => {
  const { owner, adminUrl, databaseUrl } = await newDatabase()
  await ensureRoles(owner, { names: roleNames(databaseUrl, adminUrl), databaseUrl })
  const app = await connect(databaseUrl)
  await expect(app.query('create temporary table t (id int)')).rejects.toThrow('permission denied')
  await expect(app.query('create table public.t (id int)')).rejects.toThrow('permission denied')
  await expect(app.query('create schema s')).rejects.toThrow('permission denied')
  await owner.query('create function public.f() returns int language sql return 1; create table public.t (id int)')
  const { rows } = await owner.query(
    `select has_database_privilege('public', current_database(), 'connect, temp') as database,
       has_function_privilege('public', 'public.f()', 'execute') as function, has_schema_privilege('public', 'public', 'usage') as schema,
       has_table_privilege($1, 'public.t', 'select, insert, update, delete') as "table"`,
    [roleNames(databaseUrl).app],
  )
  expect(rows).toEqual([{ database: false, function: false, schema: false, table: false }])
})

test('a second time it touches nothing', async () => {
  const { owner, adminUrl, databaseUrl } = await newDatabase()
  const options = { names: roleNames(databaseUrl, adminUrl), databaseUrl }
  const rowVersions = async () =>
    (
      await owner.query(`select (select xmin::text from pg_database where datname = current_database()) as database,
       (select xmin::text from pg_namespace where nspname = 'public') as schema, (select string_agg(xmin::text, ' ') from pg_default_acl) as defaults`)
    ).rows
  await ensureRoles(owner, options)
  const before = await rowVersions()
  await ensureRoles(owner, options)
  expect(await rowVersions()).toEqual(before)
})

test('a password is set when the role is made, and later only when that is asked for', async () => {
  const { owner, adminUrl, databaseUrl, superuserUrl } = await newDatabase()
  const names = roleNames(databaseUrl, adminUrl)
  const other = withUser(databaseUrl, names.app, 'another one')
  const secret = async () => {
    const superuser = await connect(superuserUrl)
    return (await superuser.query('select rolpassword from pg_authid where rolname = $1', [names.app])).rows[0]?.rolpassword
  }
  await ensureRoles(owner, { names, databaseUrl })
  const first = await secret()
  expect(first).toMatch(/^SCRAM-SHA-256/)
  await ensureRoles(owner, { names, databaseUrl: other })
  expect(await secret()).toBe(first)
  await ensureRoles(owner, { names, databaseUrl: other, resetPasswords: true })
  expect(await secret()).not.toBe(first)
})

test('an owner who may not make roles is told what to do', async () => {
  const { owner, adminUrl, databaseUrl, superuserUrl } = await newDatabase()
  const names = roleNames(databaseUrl, adminUrl)
  const superuser = await connect(superuserUrl)
  await superuser.query(`alter role ${names.owner} nocreaterole`)
  await expect(ensureRoles(owner, { names, databaseUrl })).rejects.toThrow(/Give it CREATEROLE, or have tt_\w+_app created/)
})

test('a user in DATABASE_URL that is no app role is refused, because the other names follow from it', () => {
  expect(() => roleNames('postgres://postgres:secret@localhost/db')).toThrow('must be "<prefix>_app"')
  expect(roleNames('postgres://acme_app@localhost/db')).toEqual({
    prefix: 'acme',
    app: 'acme_app',
    owner: 'acme_owner',
    directory: 'acme_directory',
    identity: 'acme_identity',
  })
})
