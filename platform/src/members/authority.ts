import { permissionsOf } from '../access/platform-permissions.ts'
import { type Role, roles } from '../access/principal.ts'
import type { CustomRoleEntry } from '../directory/people-entries.ts'
import { sql } from '../isolation/statement.ts'
import type { Actor, Reach, TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import { createMemberRights } from '../tokens/member-rights.ts'

/** What somebody may give others, and whom he may touch. */
export interface Authority {
  /** Nobody gives a higher role, or touches who has one. 0 is the highest. */
  readonly rank: number
  readonly permissions: ReadonlySet<string>
  readonly reach: Reach
}

/** What somebody is, or is about to be. */
export interface Held {
  readonly role: Role
  readonly permissions: ReadonlySet<string>
  readonly reach: Reach
}

/** Answers what members, keys and roles may, as the tenant's rows say at this moment. */
export function createAuthorities(systems: readonly SystemDefinition[]) {
  const rightsOf = createMemberRights(systems)
  const allOf = (systemName: string): ReadonlySet<string> => {
    const system = systems.find(({ name }) => name === systemName)
    return new Set(system === undefined ? [] : permissionsOf(system).keys())
  }

  async function systemOf(scope: TenantScope): Promise<string> {
    const tenant = await scope.first(
      sql<{ system: string }>`select system from tenantry.tenants where id = ${scope.context.tenantId}`,
    )
    if (tenant === undefined) throw problems.not_found('There is nothing here.')
    return tenant.system
  }

  return {
    /** Every permission that exists in the tenant. */
    existing: async (scope: TenantScope) => allOf(await systemOf(scope)),

    /**
     * Undefined for who is no member any more, and for a key that is revoked or over. Operators and the platform itself may
     * everything; a key is judged by its permissions, and can neither make nor touch an owner: an admin makes keys.
     */
    async of(scope: TenantScope, actor: Actor): Promise<Authority | undefined> {
      const system = await systemOf(scope)
      if (actor.kind === 'operator' || actor.kind === 'system') return { rank: 0, permissions: allOf(system), reach: 'all' }
      if (actor.kind === 'member') {
        const held = await memberHeld(scope, system, actor.id)
        return held && { rank: roles.indexOf(held.role), permissions: held.permissions, reach: held.reach }
      }
      const key = await scope.first(sql<{ permissions: string[]; reach: Reach }>`select permissions, reach from tenantry.api_keys
        where id = ${actor.id} and revoked_at is null and (expires_at is null or expires_at > tenantry.clock())`)
      return key && { rank: roles.indexOf('admin'), permissions: new Set(key.permissions), reach: key.reach }
    },

    /** Of the member with this id, if there is one. */
    held: async (scope: TenantScope, memberId: string) => memberHeld(scope, await systemOf(scope), memberId),

    /** What a role would mean. @throws not_found for a custom role that the tenant does not have */
    async meaning(scope: TenantScope, role: Role, customRoleId: string | null, reach: Reach): Promise<Held> {
      const system = await systemOf(scope)
      const custom = customRoleId === null ? undefined : await findCustom(scope, customRoleId)
      if (customRoleId !== null && custom === undefined) throw problems.not_found('There is no such role.')
      return { role, permissions: rightsOf(system, role, custom), reach }
    },
  }

  async function memberHeld(scope: TenantScope, system: string, id: string): Promise<Held | undefined> {
    const member = await scope.first(sql<{ role: Role; customRoleId: string | null; reach: Reach }>`
      select role, custom_role_id, reach from tenantry.members where id = ${id}`)
    if (member === undefined) return undefined
    const custom = member.customRoleId === null ? undefined : await findCustom(scope, member.customRoleId)
    return { role: member.role, permissions: rightsOf(system, member.role, custom), reach: member.reach }
  }
}

export type Authorities = ReturnType<typeof createAuthorities>

function findCustom(scope: TenantScope, id: string): Promise<CustomRoleEntry | undefined> {
  return scope.first(
    sql<CustomRoleEntry>`select id, tenant_id, name, permissions from tenantry.custom_roles where id = ${id}::uuid`,
  )
}

/** Nobody gives what he does not have. @throws forbidden */
export function requireMayGive({ rank, permissions, reach }: Authority, given: Held): void {
  if (roles.indexOf(given.role) < rank) {
    throw problems.forbidden(`You cannot make somebody ${given.role}: your own role is lower.`, { role: given.role })
  }
  requireAll(permissions, given.permissions)
  if (reach === 'granted' && given.reach === 'all') {
    throw problems.forbidden('Your own reach is limited to granted objects, so is what you can give.', {
      permission: 'reach:all',
    })
  }
}

/** Whether a key may nothing that somebody with these rights may not. */
export function isWithin(key: Pick<Held, 'reach'> & { readonly permissions: readonly string[] }, held: Held): boolean {
  return (key.reach === 'granted' || held.reach === 'all') && key.permissions.every((each) => held.permissions.has(each))
}

/** Nobody changes or removes who has more than he has. @throws forbidden */
export function requireMayTouch({ rank, permissions, reach }: Authority, target: Held): void {
  if (roles.indexOf(target.role) < rank) {
    throw problems.forbidden(`You cannot change somebody who is ${target.role}: your own role is lower.`, { role: target.role })
  }
  requireAll(permissions, target.permissions)
  if (reach === 'granted' && target.reach === 'all') {
    throw problems.forbidden('Your own reach is limited to granted objects, and theirs is not.', { permission: 'reach:all' })
  }
}

/** @throws forbidden that names the first permission that is missing */
export function requireAll(own: ReadonlySet<string>, wanted: Iterable<string>): void {
  for (const permission of wanted) {
    if (!own.has(permission)) {
      throw problems.forbidden(`This takes the permission ${permission}, which you do not have.`, { permission })
    }
  }
}
