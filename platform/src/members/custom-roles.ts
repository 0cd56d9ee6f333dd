import { permissionsOf, permissionsOfRole } from '../access/platform-permissions.ts'
import { type Role, roles } from '../access/principal.ts'
import type { Directory } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'
import { constraintOf } from '../isolation/database-problems.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { lockPeople } from '../keys/lock-people.ts'
import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import { type Authorities, requireAll } from './authority.ts'

/** A tenant's own role: a set of permissions. Times are RFC 3339. */
export interface CustomRole {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly permissions: readonly string[]
  readonly version: number
  readonly createdAt: string
  readonly updatedAt: string
}

export interface CustomRoleChanges {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly permissions?: readonly string[] | undefined
}

export interface BuiltInRole {
  readonly name: Role
  readonly permissions: readonly string[]
}

export interface RoleService {
  /** The roles that every tenant has, the highest first, with what they may in this one. */
  builtIn(tenant: TenantEntry): BuiltInRole[]
  /** What can be put into a custom role, and what each allows. */
  permissions(tenant: TenantEntry): { readonly name: string; readonly description: string }[]
  /** By name. A tenant has few. */
  list(scope: TenantScope): Promise<CustomRole[]>
  /** @throws not_found */
  read(scope: TenantScope, id: string): Promise<CustomRole>
  /**
   * @throws invalid_request for a permission that does not exist, forbidden for one that the scope's actor does not have,
   * conflict for a name that is taken
   * @example await services.roles.create(scope, { name: 'Auditor', permissions: ['audit:read'] })
   */
  create(scope: TenantScope, role: CustomRoleChanges & { readonly name: string }): Promise<CustomRole>
  /** Who has the role has what it says within a second. Both the old and the new permissions must be the actor's own. */
  change(scope: TenantScope, id: string, changes: CustomRoleChanges, version: number | undefined): Promise<CustomRole>
  /** @throws not_found, forbidden, still_referenced while a member or an invitation has it */
  remove(scope: TenantScope, id: string): Promise<void>
}

declare module '../http/route.ts' {
  interface Services {
    readonly roles: RoleService
  }
}

export interface RoleServiceOptions {
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
  readonly authorities: Authorities
}

const columns = sql`id, name, description, permissions, version, created_at, updated_at`

export function createRoleService({ directory, systems, authorities }: RoleServiceOptions): RoleService {
  const systemOf = ({ system }: TenantEntry) => systems.find(({ name }) => name === system)

  async function requireOwn(scope: TenantScope, permissions: readonly string[]): Promise<void> {
    const authority = await authorities.of(scope, scope.context.actor)
    requireAll(authority?.permissions ?? new Set(), permissions)
    // Who has a role may reach further than who changes it.
    if (authority?.reach !== 'all') throw problems.forbidden('Roles are about the whole tenant.', { permission: 'reach:all' })
  }

  async function requireExisting(scope: TenantScope, permissions: readonly string[]): Promise<void> {
    const existing = await authorities.existing(scope)
    const unknown = permissions.findIndex((permission) => !existing.has(permission))
    if (unknown !== -1) {
      throw problems.invalid_request('There is no such permission.', {
        errors: [{ in: 'body', pointer: `/permissions/${unknown}`, message: 'There is no such permission.' }],
      })
    }
  }

  async function inOrder<T>(scope: TenantScope, work: (tx: TenantScope) => Promise<T>): Promise<T> {
    const result = await scope
      .transaction(async (tx) => {
        await tx.run(lockPeople(tx), { lane: 'write' })
        return work(tx)
      })
      .catch(refuseTakenName)
    await directory.catchUp()
    return result
  }

  return {
    builtIn(tenant) {
      const system = systemOf(tenant)
      return roles.map((name) => ({ name, permissions: system === undefined ? [] : [...permissionsOfRole(system, name)].sort() }))
    },

    permissions(tenant) {
      const system = systemOf(tenant)
      return system === undefined ? [] : [...permissionsOf(system)].map(([name, description]) => ({ name, description }))
    },

    list: (scope) => scope.run(sql<CustomRole>`select ${columns} from tenantry.custom_roles order by name, id`),

    read: async (scope, id) => found(await findRole(scope, id)),

    create: (scope, { name, description = '', permissions = [] }) =>
      inOrder(scope, async (tx) => {
        await requireExisting(tx, permissions)
        await requireOwn(tx, permissions)
        return found(
          await tx.first(sql<CustomRole>`insert into tenantry.custom_roles (name, description, permissions)
            values (${name}, ${description}, ${unique(permissions)}::text[]) returning ${columns}`),
        )
      }),

    change: (scope, id, changes, version) =>
      inOrder(scope, async (tx) => {
        const before = found(await findRole(tx, id))
        if (version !== undefined && version !== before.version) {
          throw problems.precondition_failed(`The role is at version ${before.version} now.`, { version: before.version })
        }
        const after = { ...before, ...defined(changes) }
        await requireExisting(tx, changes.permissions ?? [])
        await requireOwn(tx, [...before.permissions, ...after.permissions])
        return found(
          await tx.first(sql<CustomRole>`update tenantry.custom_roles set name = ${after.name}, description = ${after.description},
              permissions = ${unique(after.permissions)}::text[], version = version + 1, updated_at = tenantry.clock()
            where id = ${id} returning ${columns}`),
        )
      }),

    remove: (scope, id) =>
      inOrder(scope, async (tx) => {
        await requireOwn(tx, found(await findRole(tx, id)).permissions)
        // Invitations that are over do not hold it; the open ones do, like members.
        await tx.run(sql`update tenantry.invitations set custom_role_id = null
          where custom_role_id = ${id} and (accepted_at is not null or revoked_at is not null or expires_at <= tenantry.clock())`)
        await tx.run(sql`delete from tenantry.custom_roles where id = ${id}`)
      }),
  }
}

function findRole(scope: TenantScope, id: string): Promise<CustomRole | undefined> {
  return scope.first(sql<CustomRole>`select ${columns} from tenantry.custom_roles where id = ${id}`)
}

function found(role: CustomRole | undefined): CustomRole {
  if (role === undefined) throw problems.not_found('There is no such role.')
  return role
}

function unique(permissions: readonly string[]): string[] {
  return [...new Set(permissions)].sort()
}

function defined<T extends object>(changes: T): Partial<{ [K in keyof T]: Exclude<T[K], undefined> }> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as ReturnType<typeof defined<T>>
}

function refuseTakenName(error: unknown): never {
  if (constraintOf(error)?.includes('name') === true) throw problems.conflict('There is a role of this name already.')
  throw error
}
