import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { withDatabase, withUser } from '../../database/connection-url.ts'
import type { EmbeddedServer } from '../../database/embedded/embedded.ts'
import { makeMasterKey } from '../../secrets/master-keys.ts'
import { readPrivate, writePrivate } from './dev-folder.ts'

const database = 'tenantry'
const owner = 'tenantry_owner'
const app = 'tenantry_app'
const directory = 'tenantry_directory'
const identity = 'tenantry_identity'

interface Passwords {
  /** Of the cluster that knows them. */
  readonly systemIdentifier: string
  readonly owner: string
  readonly app: string
  /** What the installation seals with; undefined in a file of before there was one. */
  readonly masterKey?: string
}

type Server = Pick<EmbeddedServer, 'superuserUrl' | 'systemIdentifier'>

/** The owner, the database and their addresses; made when the cluster does not have them. Migrating makes the other roles. */
export async function ensureInstallation(server: Server, passwordFile: string): Promise<InstallationAddresses> {
  const known = readPrivate<Passwords>(passwordFile)
  if (known?.systemIdentifier === server.systemIdentifier) return addresses(server, withMasterKey(known, passwordFile))
  const secret = () => randomBytes(24).toString('base64url')
  const passwords = { systemIdentifier: server.systemIdentifier, owner: secret(), app: secret(), masterKey: makeMasterKey() }
  await make(server, passwords)
  writePrivate(passwordFile, passwords) // last: killed before, the next start does it all again
  return addresses(server, passwords)
}

function withMasterKey(known: Passwords, passwordFile: string): Passwords {
  if (known.masterKey !== undefined) return known
  const passwords = { ...known, masterKey: makeMasterKey() }
  writePrivate(passwordFile, passwords)
  return passwords
}

/** Undefined when the passwords belong to another cluster, or nothing was made yet. */
export function knownInstallation(server: Server, passwordFile: string): InstallationAddresses | undefined {
  const known = readPrivate<Passwords>(passwordFile)
  return known?.systemIdentifier === server.systemIdentifier ? addresses(server, known) : undefined
}

export interface InstallationAddresses {
  readonly databaseUrl: string
  readonly adminUrl: string
  readonly masterKeys: readonly string[]
}

function addresses({ superuserUrl }: Server, passwords: Passwords): InstallationAddresses {
  const as = (user: string, password: string) => withDatabase(withUser(superuserUrl, user, password), database)
  const { masterKey } = passwords
  return {
    databaseUrl: as(app, passwords.app),
    adminUrl: as(owner, passwords.owner),
    masterKeys: masterKey === undefined ? [] : [masterKey],
  }
}

async function make({ superuserUrl }: Server, passwords: Passwords): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl, application_name: 'tenantry dev' })
  await client.connect()
  try {
    const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles where rolname = any($1)', [
      [owner, app, directory, identity],
    ])
    const existing = new Set(rows.map(({ rolname }) => rolname))
    if (!existing.has(owner)) await client.query(`create role ${owner}`)
    await client.query(`alter role ${owner} login createrole password ${client.escapeLiteral(passwords.owner)}`)
    // The file of the passwords was lost; without these the roles would keep the old ones.
    for (const role of [app, directory, identity]) {
      if (existing.has(role)) await client.query(`alter role ${role} password ${client.escapeLiteral(passwords.app)}`)
    }
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
    if (rowCount === 0) await client.query(`create database ${database} owner ${owner}`)
  } finally {
    await client.end()
  }
  await closeLargeObjects(withDatabase(superuserUrl, database))
}

/** Large objects belong to no tenant. Only a superuser can take them from everybody, and here we are one. */
async function closeLargeObjects(superuserUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl, application_name: 'tenantry dev' })
  await client.connect()
  try {
    const { rows } = await client.query<{ functions: string }>(
      `select string_agg(oid::regprocedure::text, ', ') as functions from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and (proname ~ '^lo_' or proname in ('loread', 'lowrite'))`,
    )
    await client.query(`revoke execute on function ${rows[0]?.functions} from public`)
  } finally {
    await client.end()
  }
}
