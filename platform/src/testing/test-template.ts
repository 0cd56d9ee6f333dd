import { createHash, createHmac } from 'node:crypto'
import { hostname } from 'node:os'
import type pg from 'pg'
import { passwordOf, withDatabase, withUser } from '../database/connection-url.ts'
import { type AfterMigration, migrate } from '../database/migrate.ts'
import { type MigrationSource, platformSource, readFunctions, readMigrations } from '../database/migration-files.ts'
import { isAlive, withServer } from './test-server.ts'

export interface TestTemplate {
  /** Of the roles and of all databases made from this template: `tt_<hash of the SQL>`. */
  readonly prefix: string
  readonly name: string
  readonly adminUrl: string
  readonly appUrl: string
  readonly directoryUrl: string
  readonly identityUrl: string
}

interface TemplateOptions {
  readonly systems?: readonly MigrationSource[]
  readonly afterMigrations?: readonly AfterMigration[]
}

/** One at a time builds or sweeps on a server, whichever checkout it belongs to. */
const templateLock = 'select pg_advisory_lock(7309940820481)'

/** Templates that no test has used for so long belong to SQL that is gone. */
const templateLifetime = '6 hours'

const ready = new Map<string, Promise<TestTemplate>>()

/** The template of this set of SQL files; made when it does not exist yet. */
export async function testTemplate(server: string, options: TemplateOptions): Promise<TestTemplate> {
  const hash = await hashOf(options)
  const key = `${server} ${hash}`
  const known = ready.get(key) ?? ensureTemplate(server, `tt_${hash}`, options)
  ready.set(key, known)
  return known
}

/** `tt_<hash>_<machine>_<pid>_<random>`: tells the sweeper whose it is. */
export function databaseName(prefix: string, suffix: string): string {
  return `${prefix}_${machine}_${process.pid}_${suffix}`
}

const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 6)

async function hashOf({ systems = [], afterMigrations = [] }: TemplateOptions): Promise<string> {
  const migrations = await Promise.all([platformSource, ...systems].map(readMigrations))
  const parts = [
    ...[...(await readFunctions()), ...migrations.flat()].map((file) => `${file.label} ${file.checksum}`),
    ...systems.map((system) => system.name),
    ...afterMigrations.map((step) => `${step.name} ${step.version}`),
  ]
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12)
}

async function ensureTemplate(server: string, prefix: string, options: TemplateOptions): Promise<TestTemplate> {
  const name = `${prefix}_template`
  // Nobody who cannot read the superuser's password learns the roles'.
  const password = createHmac('sha256', passwordOf(server) ?? '')
    .update(prefix)
    .digest('hex')
    .slice(0, 32)
  const template = {
    prefix,
    name,
    adminUrl: withDatabase(withUser(server, `${prefix}_owner`, password), name),
    appUrl: withDatabase(withUser(server, `${prefix}_app`, password), name),
    directoryUrl: withDatabase(withUser(server, `${prefix}_directory`, password), name),
    identityUrl: withDatabase(withUser(server, `${prefix}_identity`, password), name),
  }
  await withServer(server, async (client) => {
    await client.query(templateLock)
    await sweepDatabases(client)
    await sweepTemplates(client, name)
    await sweepRoles(client, prefix)
    const existing = await client.query('select from pg_database where datname = $1', [name])
    if (existing.rowCount === 0) await build(client, server, template, password, options)
    await client.query(`comment on database ${name} is '${new Date().toISOString()}'`)
  })
  return template
}

/** Built under another name, so that a killed process leaves no half template behind. */
async function build(client: pg.Client, server: string, template: TestTemplate, password: string, options: TemplateOptions) {
  const { prefix, name } = template
  const draft = `${prefix}_draft`
  await client.query(`drop database if exists ${draft} with (force)`)
  const owner = await client.query('select from pg_roles where rolname = $1', [`${prefix}_owner`])
  if (owner.rowCount === 0) await client.query(`create role ${prefix}_owner`)
  await client.query(`alter role ${prefix}_owner login createrole password '${password}'`)
  await client.query(`create database ${draft} template template0 encoding 'UTF8' locale 'C.UTF-8' owner ${prefix}_owner`)
  await migrate({
    ...options,
    adminUrl: withDatabase(withUser(server, `${prefix}_owner`, password), draft),
    databaseUrl: withDatabase(template.appUrl, draft),
    resetPasswords: true,
  })
  await client.query(`alter database ${draft} rename to ${name}`)
}

async function sweepDatabases(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select datname as name from pg_database where datname ~ '^tt_[0-9a-f]{12}_${machine}_[0-9]+_[0-9a-z]+$'`,
  )
  for (const { name } of rows) {
    const pid = Number(name.split('_')[3])
    if (!isAlive(pid)) await client.query(`drop database if exists ${name} with (force)`)
  }
}

/** Old templates without copies, and drafts: whoever built one had the lock that we have now, and is gone. */
async function sweepTemplates(client: pg.Client, mine: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select datname as name from pg_database t where datname <> $1 and (datname ~ '^tt_[0-9a-f]{12}_draft$' or
       (datname ~ '^tt_[0-9a-f]{12}_template$'
        and coalesce(shobj_description(oid, 'pg_database'), '-infinity')::timestamptz < clock_timestamp() - interval '${templateLifetime}'
        and not exists (select from pg_database c where starts_with(c.datname, substr(t.datname, 1, 16)) and c.oid <> t.oid)))`,
    [mine],
  )
  for (const { name } of rows) await client.query(`drop database if exists ${name} with (force)`)
}

/** Roles of prefixes that no database has any more. */
async function sweepRoles(client: pg.Client, mine: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select rolname as name from pg_roles where rolname ~ '^tt_[0-9a-f]{12}_(app|directory|identity|owner)$' and not starts_with(rolname, $1)
       and not exists (select from pg_database where starts_with(datname, substr(rolname, 1, 16)))
     order by rolname`,
    [mine],
  )
  for (const { name } of rows) await client.query(`drop role if exists ${name}`)
}
