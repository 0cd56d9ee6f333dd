import type { Client } from 'pg'
import { databaseOf, passwordOf } from './connection-url.ts'
import { directoryUrlOf, identityUrlOf, quoteName, type RoleNames } from './role-names.ts'

export interface RoleOptions {
  readonly names: RoleNames
  /** The app's address: its password becomes the app role's when that is created. */
  readonly databaseUrl: string
  readonly directoryUrl?: string
  readonly identityUrl?: string
  /** Sets the passwords of roles that exist already, too: PostgreSQL cannot tell whether they differ. Default false. */
  readonly resetPasswords?: boolean
}

/**
 * Creates the app, directory and identity roles and takes from everybody what PostgreSQL gives by default.
 * Needs the database's owner with CREATEROLE, no superuser. What is right already is not touched.
 */
export async function ensureRoles(client: Client, options: RoleOptions): Promise<void> {
  const { names, databaseUrl } = options
  await ensureLogin(client, names.app, passwordOf(databaseUrl), options)
  await ensureLogin(client, names.directory, passwordOf(directoryUrlOf(databaseUrl, options.directoryUrl)), options)
  await ensureLogin(client, names.identity, passwordOf(identityUrlOf(databaseUrl, options.identityUrl)), options)

  const database = quoteName(databaseOf(databaseUrl))
  await unless(client, `not has_database_privilege('public', current_database(), 'connect, temp')`, [
    `revoke all on database ${database} from public`,
  ])
  for (const role of [names.app, names.directory, names.identity]) {
    await unless(client, `has_database_privilege('${role}', current_database(), 'connect')`, [
      `grant connect on database ${database} to ${quoteName(role)}`,
    ])
  }
  await unless(client, `not coalesce(has_schema_privilege('public', to_regnamespace('public'), 'create, usage'), false)`, [
    'revoke all on schema public from public',
  ])
  // Functions are the one thing that everybody may use from birth.
  await unless(
    client,
    `exists (select from pg_default_acl d where d.defaclrole = current_user::regrole and d.defaclnamespace = 0
       and d.defaclobjtype = 'f' and not exists (select from aclexplode(d.defaclacl) where grantee = 0))`,
    ['alter default privileges revoke execute on functions from public'],
  )
}

async function ensureLogin(client: Client, role: string, password: string | undefined, options: RoleOptions): Promise<void> {
  const secret = password === undefined ? '' : ` password ${client.escapeLiteral(password)}`
  const existing = await client.query('select from pg_roles where rolname = $1', [role])
  if (existing.rowCount === 0) {
    try {
      await client.query(`create role ${quoteName(role)} login noinherit nosuperuser nocreatedb nocreaterole${secret}`)
    } catch (error) {
      // Another database's migration of the same prefix was faster: the advisory lock is per database, roles are not.
      if (!isOneOf(error, ['42710', '23505'])) throw explainCreateRole(error, role)
    }
  } else if (options.resetPasswords && secret !== '') {
    await client.query(`alter role ${quoteName(role)}${secret}`)
  }
}

async function unless(client: Client, condition: string, statements: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ holds: boolean }>(`select ${condition} as holds`)
  if (rows[0]?.holds) return
  for (const statement of statements) await client.query(statement)
}

export function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

function explainCreateRole(error: unknown, role: string): unknown {
  if (!isOneOf(error, ['42501'])) return error
  return new Error(
    `The role ${role} does not exist and the user of TENANTRY_ADMIN_URL may not create roles. ` +
      `Give it CREATEROLE, or have ${role} created: create role ${role} login noinherit password '…'.`,
    { cause: error },
  )
}
