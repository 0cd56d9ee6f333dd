import { v7 as uuid7 } from 'uuid'
import type { Role } from '../access/principal.ts'
import type { Directory } from '../directory/directory.ts'
import type { Membership } from '../directory/people-entries.ts'
import type { Services } from '../http/route.ts'
import { canonicalAddress } from '../identity/address.ts'
import { sql } from '../isolation/statement.ts'
import type { Reach, TenantScope } from '../isolation/tenant-scope.ts'
import { requireGrantable } from '../keys/grantable.ts'
import type { Key } from '../keys/key.ts'
import { replaceGrants } from '../keys/key-queries.ts'
import { lockPeople } from '../keys/lock-people.ts'
import { problems } from '../problems/catalogue.ts'
import { type Authorities, isWithin, requireMayGive, requireMayTouch } from './authority.ts'
import type { KeysAfterwards, Member, MemberChanges, MemberFilter, NewMember, Standing } from './member.ts'
import { deleteMember, findMember, insertMember, listMembers, updateMember } from './member-queries.ts'

export interface MemberService {
  /** In the order in which they joined. */
  list(
    scope: TenantScope,
    filter: MemberFilter,
    page: { readonly after?: { readonly joinedAt: string; readonly id: string } | undefined; readonly limit: number },
  ): Promise<Member[]>
  /** @throws not_found */
  read(scope: TenantScope, id: string): Promise<Member>
  /**
   * Changes role, reach or grants, by what the scope's actor has at this moment. `version` is the one that was read.
   *
   * @throws not_found, forbidden for more than the actor has or somebody above him, last_owner, precondition_failed, invalid_request,
   * member_has_keys where he made some that may more than he from now on, unless `keys` says what becomes of them
   * @example
   * await services.members.change(scope, member.id, { role: 'manager' }, member.version)
   */
  change(
    scope: TenantScope,
    id: string,
    changes: MemberChanges,
    version: number | undefined,
    keys?: KeysAfterwards,
  ): Promise<Member>
  /**
   * Ends a membership: sessions, programs, grants. Out on this node when the promise resolves, on all others within a second.
   * Whoever removes himself leaves, and needs no permission for it.
   *
   * @throws not_found, forbidden, last_owner, member_has_keys unless `keys` says what becomes of them
   */
  remove(scope: TenantScope, id: string, keys: KeysAfterwards | undefined): Promise<void>
  /**
   * Makes somebody a member without asking him: for operators. Who has no account gets one, and a password by a reset.
   *
   * @throws conflict when he is a member already, quota_exceeded, invalid_request
   */
  add(scope: TenantScope, member: NewMember): Promise<Member>
  /**
   * Where somebody works who signs in: the host's tenant if he belongs to it, else the active one that he preferred last, else the
   * oldest membership in an active one.
   *
   * @throws no_active_tenant
   */
  tenantFor(userId: string, realmId: string, hostTenant: string | undefined): Promise<Membership>
  /** Every tenant of the realm that a person belongs to: the one preferred last first, then the oldest. */
  membershipsOf(userId: string, realmId: string): Promise<Membership[]>
}

declare module '../http/route.ts' {
  interface Services {
    readonly members: MemberService
  }
}

export interface MemberServiceOptions {
  readonly directory: Directory
  readonly authorities: Authorities
  /** Asked for at each use: services know each other only once all are made. */
  readonly services: () => Pick<Services, 'identity' | 'tokens' | 'keys'>
}

export function createMemberService({ directory, authorities, services }: MemberServiceOptions): MemberService {
  /** Behind the lock, what the actor may is what it is until the commit. */
  async function enter(scope: TenantScope) {
    await scope.run(lockPeople(scope), { lane: 'write' })
    const authority = await authorities.of(scope, scope.context.actor)
    if (authority === undefined) throw problems.forbidden('You are not a member any more.')
    return authority
  }

  async function membershipsOf(userId: string, realmId: string): Promise<Membership[]> {
    const all = await directory.membershipsOf(userId)
    return all.filter(({ tenant }) => tenant.realmId === realmId)
  }

  return {
    list: listMembers,
    read: async (scope, id) => found(await findMember(scope, id)),

    async change(scope, id, changes, version, keys) {
      const changed = await scope.transaction(async (tx) => {
        const authority = await enter(tx)
        const before = found(await findMember(tx, id))
        const held = await heldNow(tx, id)
        requireMayTouch(authority, held)
        if (version !== undefined && version !== before.version) {
          throw problems.precondition_failed(`The member is at version ${before.version} now.`, { version: before.version })
        }
        const after = standingAfter(before, changes)
        const meaning = await authorities.meaning(tx, after.role, after.customRoleId, after.reach)
        requireMayGive(authority, meaning)
        if (authority.reach === 'granted' && changes.grants !== undefined) {
          // Replacing would take away what he cannot see.
          throw problems.forbidden('Your own reach is limited to granted objects.', { permission: 'reach:all' })
        }
        await requireGrantable(tx, changes.grants ?? [])
        const made = await services().keys.liveOf(tx, id)
        await settleKeys(
          tx,
          made.filter((key) => isWithin(key, held) && !isWithin(key, meaning)),
          keys,
        )
        const sameRole = after.role === before.role && after.customRoleId === before.customRoleId
        const told = sameRole ? 'platform.member.updated' : 'platform.member.role_changed'
        await tx.run(updateMember(id, told, after), { lane: 'write' })
        if (after.reach === 'all' || changes.grants !== undefined) await tx.run(replaceGrants(id, after.grants))
        return found(await findMember(tx, id))
      })
      await directory.catchUp()
      return changed
    },

    async remove(scope, id, afterwards) {
      const { userId, realmId } = await scope.transaction(async (tx) => {
        const authority = await enter(tx)
        const member = found(await findMember(tx, id))
        const leaves = scope.context.actor.kind === 'member' && scope.context.actor.id === id
        if (!leaves) requireMayTouch(authority, await heldNow(tx, id))
        await settleKeys(tx, await services().keys.liveOf(tx, id), afterwards)
        await services().tokens.endFamilies(tx, member.userId, 'removed')
        await tx.run(deleteMember(id), { lane: 'write' })
        return { userId: member.userId, realmId: await realmOf(tx) }
      })
      await services().identity.endSessions({ id: userId, realmId }, { tenantId: scope.context.tenantId })
      await directory.catchUp()
    },

    async add(scope, { email, name, ...standing }) {
      const address = canonicalAddress(email)
      const after = standingOf(standing)
      const realmId = await realmOf(scope)
      const { identity } = services()
      const user =
        (await identity.findUserByEmail(realmId, address)) ??
        (await identity.createUser(realmId, { email: address, name, verified: false }))
      const id = uuid7()
      const made = await scope.transaction(async (tx) => {
        const authority = await enter(tx)
        requireMayGive(authority, await authorities.meaning(tx, after.role, after.customRoleId, after.reach))
        await requireGrantable(tx, after.grants)
        const invitedBy = tx.context.actor.id
        await tx.run(insertMember({ id, userId: user.id, email: user.email, name: user.name, ...after, invitedBy }))
        if (after.grants.length > 0) await tx.run(replaceGrants(id, after.grants))
        return found(await findMember(tx, id))
      })
      await directory.catchUp()
      return made
    },

    async tenantFor(userId, realmId, hostTenant) {
      const all = await membershipsOf(userId, realmId)
      const chosen =
        all.find(({ tenant, status }) => tenant.id === hostTenant && (status === 'active' || status === 'suspended')) ??
        all.find(({ status }) => status === 'active')
      if (chosen === undefined) throw problems.no_active_tenant('You are no member of a tenant that is active.')
      return chosen
    },

    membershipsOf,
  }

  async function heldNow(scope: TenantScope, id: string) {
    const held = await authorities.held(scope, id)
    if (held === undefined) throw noMember()
    return held
  }

  /** A key outlives its maker only if somebody said so. */
  async function settleKeys(scope: TenantScope, live: readonly Key[], afterwards: KeysAfterwards | undefined): Promise<void> {
    if (live.length === 0 || afterwards === 'keep') return
    if (afterwards === 'revoke') {
      const ids = live.map(({ id }) => id)
      return services().keys.revokeAll(scope, ids)
    }
    throw problems.member_has_keys(`This member made ${live.length} API keys that still work.`, {
      keys: live.map(({ id, name }) => ({ id, name })),
    })
  }
}

/** Where the people of the scope's tenant are known. */
export async function realmOf(scope: TenantScope): Promise<string> {
  const tenant = await scope.first(
    sql<{ realmId: string }>`select realm_id from tenantry.tenants where id = ${scope.context.tenantId}`,
  )
  if (tenant === undefined) throw problems.not_found('There is nothing here.')
  return tenant.realmId
}

interface WholeStanding {
  readonly role: Role
  readonly customRoleId: string | null
  readonly reach: Reach
  readonly grants: readonly string[]
}

/**
 * What somebody is once everything is said that was left out. No role named means viewer.
 *
 * @throws invalid_request for parts that contradict each other
 */
export function standingOf(standing: Standing): WholeStanding {
  return standingAfter({ role: 'viewer', customRoleId: null, reach: 'all', grants: [] }, standing)
}

function standingAfter(before: WholeStanding, { role, customRoleId, reach, grants }: Standing): WholeStanding {
  if (customRoleId !== undefined && role !== undefined && role !== 'viewer') {
    throw contradiction('customRoleId', 'A custom role takes the place of the role; name one of them.')
  }
  const after = {
    role: customRoleId === undefined ? (role ?? before.role) : 'viewer',
    customRoleId: customRoleId ?? (role === undefined ? before.customRoleId : null),
    reach: reach ?? before.reach,
  } as const
  if (after.reach === 'all' && grants !== undefined && grants.length > 0) {
    throw contradiction('grants', 'Grants mean something with the reach `granted` only.')
  }
  if (after.role === 'owner' && after.reach === 'granted') {
    throw contradiction('reach', 'An owner reaches everything.')
  }
  return { ...after, grants: after.reach === 'all' ? [] : [...new Set(grants ?? before.grants)] }
}

function contradiction(field: string, message: string) {
  return problems.invalid_request(message, { errors: [{ in: 'body', pointer: `/${field}`, message }] })
}

const noMember = () => problems.not_found('There is no such member.')

function found(member: Member | undefined): Member {
  if (member === undefined) throw noMember()
  return member
}
