import { passwordOf, userOf, withUser } from './connection-url.ts'

/** The roles of one installation. Roles belong to the whole cluster, so each installation's carry a prefix of its own. */
export interface RoleNames {
  readonly prefix: string
  /** Owns the schemas; migrations and maintenance. */
  readonly owner: string
  /** What a server runs as. */
  readonly app: string
  /** What finds tenants, keys and grants across tenants: ids, slugs, states, hashes. */
  readonly directory: string
  /** What knows persons, and reaches nothing but the schema `identity`. */
  readonly identity: string
}

/**
 * The names that follow from the server's address, whose user is `<prefix>_app`, and from the owner's when it is known.
 *
 * @example
 * roleNames('postgres://acme_app@db/acme')  // { prefix: 'acme', owner: 'acme_owner', app: 'acme_app', directory: 'acme_directory', … }
 */
export function roleNames(databaseUrl: string, adminUrl?: string): RoleNames {
  const app = userOf(databaseUrl)
  const prefix = /^([a-z][a-z0-9_]{0,46})_app$/.exec(app)?.[1]
  if (prefix === undefined) {
    throw new Error(
      `The user in DATABASE_URL is "${app}"; it must be "<prefix>_app" (lower-case letters, digits, underscores), for example tenantry_app.`,
    )
  }
  return {
    prefix,
    app,
    owner: adminUrl === undefined ? `${prefix}_owner` : userOf(adminUrl),
    directory: `${prefix}_directory`,
    identity: `${prefix}_identity`,
  }
}

/** The directory role's address: the server's own with the other user, unless it was given (`TENANTRY_DIRECTORY_URL`). */
export function directoryUrlOf(databaseUrl: string, given?: string): string {
  return given ?? withUser(databaseUrl, roleNames(databaseUrl).directory, passwordOf(databaseUrl))
}

/** The same for the identity role (`TENANTRY_IDENTITY_URL`). */
export function identityUrlOf(databaseUrl: string, given?: string): string {
  return given ?? withUser(databaseUrl, roleNames(databaseUrl).identity, passwordOf(databaseUrl))
}

/** A name as SQL writes it: `"acme_app"`. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
