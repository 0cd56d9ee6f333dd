import { v7 as uuid7 } from 'uuid'
import type { PersonPrincipal } from '../access/principal.ts'
import type { Directory } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { Services } from '../http/route.ts'
import type { Door, Person } from '../identity/identity.ts'
import { sql } from '../isolation/statement.ts'
import type { Origin, ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { hashOf } from '../keys/key-format.ts'
import { grantable, listGrants, replaceGrants } from '../keys/key-queries.ts'
import { lockPeople } from '../keys/lock-people.ts'
import { problems } from '../problems/catalogue.ts'
import { Problem } from '../problems/problem.ts'
import { namelessAccount, signInFirst } from './account-problems.ts'
import { type Authorities, type Authority, requireMayGive } from './authority.ts'
import { type InvitationLook, maskAddress, publicIdOf } from './invitation.ts'
import { type Promised, readPromise, takePromise, whereInvitationIs } from './invitation-queries.ts'
import type { Member } from './member.ts'
import { findMember, insertMember } from './member-queries.ts'

/** From where somebody accepts. */
export interface AcceptingFrom {
  /** Of the host; undefined on the bare domain. An invitation of another tenant is none there. */
  readonly hostTenantId: string | undefined
  readonly origin: Partial<Origin>
}

export interface Accepted {
  readonly member: Member
  readonly tenant: { readonly id: string; readonly name: string; readonly slug: string }
}

/** What a person is as far as a membership goes. */
export type Accepting = Pick<PersonPrincipal, 'id' | 'realmId' | 'email' | 'name'>

/** With a name: a new account. Without: the one there is, with the code of its second factor if it has one. */
export interface JoiningAccount {
  readonly name?: string | undefined
  readonly password: string
  readonly code?: string | undefined
}

export interface AcceptanceService {
  /** What the holder of a token is invited to. @throws invitation_invalid */
  look(token: string, hostTenantId: string | undefined): Promise<InvitationLook>
  /**
   * Makes a person who is signed in a member. Invitation and membership change in one transaction, once.
   *
   * @throws invitation_invalid for one that is used, over, taken back, unknown, for another address or of another tenant than the
   * host's, and where who invited may not give it any more; conflict for a member, quota_exceeded
   */
  accept(token: string, person: Accepting, from: AcceptingFrom): Promise<Accepted>
  /**
   * The same for somebody who is not signed in. Name and password make an account: the mail has proved the address. A password alone is
   * that of an account there is, for who belongs to no tenant and so cannot sign in yet.
   *
   * @throws invitation_invalid, sign_in_required where an account would be a second one or asks for the code of its second factor,
   * unauthenticated for a wrong password or code, rate_limited, invalid_request for a weak password
   */
  join(token: string, account: JoiningAccount, door: Door, from: AcceptingFrom): Promise<Accepted>
}

declare module '../http/route.ts' {
  interface Services {
    readonly acceptance: AcceptanceService
  }
}

export interface AcceptanceOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Directory
  readonly authorities: Authorities
  readonly services: () => Pick<Services, 'identity'>
}

export function createAcceptanceService({ scope: open, directory, authorities, services }: AcceptanceOptions): AcceptanceService {
  /** The invitation's own tenant, which must be the host's, if that is a tenant's. */
  async function locate(token: string, hostTenantId: string | undefined) {
    const publicId = publicIdOf(token)
    const place = publicId === undefined ? undefined : await whereInvitationIs(directory.pool, publicId)
    const tenant = place && (await directory.tenantById(place.tenantId))
    if (place === undefined || tenant === undefined || tenant.status !== 'active') throw invalid()
    if (hostTenantId !== undefined && hostTenantId !== tenant.id) throw invalid()
    const memberId = uuid7()
    const scopeFrom = (origin: Partial<Origin>) => open({ tenantId: tenant.id, actor: { kind: 'member', id: memberId }, origin })
    return { id: place.id, hash: hashOf(token), tenant, memberId, scopeFrom }
  }

  /** Who invited is asked again: what he may not give any more is not given. */
  async function requireStillGiven(scope: TenantScope, given: Promised): Promise<Authority> {
    const giver = await authorities.of(scope, { kind: given.invitedByKind, id: given.invitedBy })
    if (giver === undefined) throw invalid()
    const meaning = await authorities.meaning(scope, given.role, given.customRoleId, given.reach)
    try {
      requireMayGive(giver, meaning)
    } catch (error) {
      throw error instanceof Problem ? invalid() : error
    }
    return giver
  }

  async function peek(token: string, from: AcceptingFrom): Promise<{ promise: Promised; tenant: TenantEntry }> {
    const { id, hash, tenant, scopeFrom } = await locate(token, from.hostTenantId)
    const scope = scopeFrom(from.origin)
    const promise = await scope.first(readPromise(id, hash))
    if (promise === undefined) throw invalid()
    await requireStillGiven(scope, promise)
    return { promise, tenant }
  }

  async function accept(token: string, person: Accepting, from: AcceptingFrom): Promise<Accepted> {
    const { id, hash, tenant, memberId, scopeFrom } = await locate(token, from.hostTenantId)
    if (tenant.realmId !== person.realmId) throw invalid()
    const member = await scopeFrom(from.origin).transaction(async (tx) => {
      await tx.run(lockPeople(tx), { lane: 'write' })
      const given = await tx.first(takePromise(id, hash, person.email, memberId))
      if (given === undefined) throw invalid()
      const giver = await requireStillGiven(tx, given)
      const already = await tx.first(sql<{ id: string }>`select id from tenantry.members where user_id = ${person.id}`)
      if (already !== undefined) throw problems.conflict('You are a member already.', { memberId: already.id })
      await tx.run(insertMember({ ...given, id: memberId, userId: person.id, email: person.email, name: person.name }))
      // What is gone by now, and what was taken from who invited, is left out.
      const theirs = giver.reach === 'all' ? given.grants : await listGrants(tx, given.invitedBy)
      const grants = [...(await grantable(tx, given.grants))].filter((id) => theirs.includes(id))
      if (grants.length > 0) await tx.run(replaceGrants(memberId, grants))
      return findMember(tx, memberId)
    })
    await directory.catchUp()
    if (member === undefined) throw new Error('A member who was just made can be read.')
    return { member, tenant: { id: tenant.id, name: tenant.name, slug: tenant.slug } }
  }

  return {
    accept,

    async look(token, hostTenantId) {
      const { promise, tenant } = await peek(token, { hostTenantId, origin: {} })
      const { invitedByName, email, role, expiresAt } = promise
      return { tenant: { name: tenant.name, slug: tenant.slug }, invitedByName, email: maskAddress(email), role, expiresAt }
    },

    async join(token, { name, password, code }, door, from) {
      const { promise, tenant } = await peek(token, from)
      const { identity } = services()
      const existing = await identity.findUserByEmail(tenant.realmId, promise.email)
      if (existing !== undefined && name !== undefined) throw signInFirst()
      const person =
        existing === undefined
          ? await makePerson(tenant.realmId, promise.email, name, password)
          : await provePerson({ ...door, realmId: tenant.realmId }, promise.email, password, code)
      return accept(token, person, from)
    },
  }

  async function makePerson(realmId: string, email: string, name: string | undefined, password: string): Promise<Person> {
    if (name === undefined) throw namelessAccount()
    return services()
      .identity.createUser(realmId, { email, name, password, verified: true })
      .catch((error: unknown) => {
        // Somebody else made it at this moment, with the same link.
        throw error instanceof Problem && error.code === 'conflict' ? signInFirst() : error
      })
  }

  async function provePerson(door: Door, email: string, password: string, code: string | undefined): Promise<Person> {
    const { identity } = services()
    const result = await identity.signIn(door, email, password)
    if (!('challenge' in result)) return result.person
    if (code === undefined) throw signInFirst()
    return (await identity.secondStep(door, result.challenge.token, { code })).person
  }
}

/** One answer for everything that an invitation can lack. */
function invalid() {
  return problems.invitation_invalid('This invitation is not valid, or not any more.')
}
