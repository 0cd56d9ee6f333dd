import { v7 as uuid7 } from 'uuid'
import type { Directory } from '../directory/directory.ts'
import type { DomainService } from '../domains/domains.ts'
import { canonicalAddress } from '../identity/address.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { requireGrantable } from '../keys/grantable.ts'
import { lockPeople } from '../keys/lock-people.ts'
import type { MailService } from '../mail/mail.ts'
import { problems } from '../problems/catalogue.ts'
import { type Authorities, requireMayGive } from './authority.ts'
import { type Invitation, mintInvitation } from './invitation.ts'
import { type InvitationMail, invitationMail } from './invitation-mail.ts'
import {
  closeExpired,
  findInvitation,
  findOpenFor,
  insertInvitation,
  listInvitations,
  mostADay,
  mostThere,
  nameOfActor,
  renewInvitation,
  revokeInvitation,
  sentLastHour,
} from './invitation-queries.ts'
import type { Standing } from './member.ts'
import { standingOf } from './members.ts'

export interface NewInvitation extends Standing {
  readonly email: string
  /** For an operator, whom no row of the tenant names. */
  readonly invitedByName?: string | undefined
}

export interface InvitationService {
  /**
   * Invites somebody; row and mail in one transaction. The mail waits sealed, its token is stored hashed.
   *
   * @throws forbidden for more than the actor has, conflict with `invitationId` while one is open for the address and with `memberId`
   * for a member, rate_limited, invalid_request, not_configured
   * @example
   * await services.invitations.invite(scope, { email: 'ada@example.com', role: 'manager' })
   */
  invite(scope: TenantScope, invitation: NewInvitation): Promise<Invitation>
  /** The newest first. */
  list(
    scope: TenantScope,
    page: { readonly after?: { readonly createdAt: string; readonly id: string } | undefined; readonly limit: number },
  ): Promise<Invitation[]>
  /** @throws not_found */
  read(scope: TenantScope, id: string): Promise<Invitation>
  /** Sends it with a new token; the old one is none any more. @throws not_found, conflict when it is over, rate_limited, forbidden */
  resend(scope: TenantScope, id: string): Promise<Invitation>
  /** @throws not_found, conflict when it was accepted */
  revoke(scope: TenantScope, id: string): Promise<void>
}

declare module '../http/route.ts' {
  interface Services {
    readonly invitations: InvitationService
  }
}

export interface InvitationServiceOptions {
  readonly directory: Directory
  readonly authorities: Authorities
  readonly hosts: { tenantOrigin(slug: string): string; originOf(name: string): string }
  readonly domains: Pick<DomainService, 'primaryHost'>
  readonly mail: Pick<MailService, 'sendSealed'>
  /** Mails of invitations that one tenant sends in an hour. */
  readonly tenantInvitations: number
}

export function createInvitationService(options: InvitationServiceOptions): InvitationService {
  const { directory, authorities, domains, hosts, mail, tenantInvitations } = options

  async function requireGivable(scope: TenantScope, given: ReturnType<typeof standingOf>): Promise<void> {
    const authority = await authorities.of(scope, scope.context.actor)
    if (authority === undefined) throw problems.forbidden('You are not a member any more.')
    requireMayGive(authority, await authorities.meaning(scope, given.role, given.customRoleId, given.reach))
  }

  async function send(scope: TenantScope, token: string, { email, invitedByName }: Pick<Invitation, 'email' | 'invitedByName'>) {
    const tenant = await directory.tenantById(scope.context.tenantId)
    if (tenant === undefined) throw problems.not_found('There is nothing here.')
    const primary = await domains.primaryHost(scope)
    const origin = primary === undefined ? hosts.tenantOrigin(tenant.slug) : hosts.originOf(primary)
    // In the fragment, which is sent to no server and so lies in no log.
    const url = `${origin}/invitation#token=${token}`
    const content: InvitationMail = { tenantName: tenant.name, invitedByName, url }
    await mail.sendSealed(scope, email, invitationMail(content))
  }

  return {
    invite: (scope, { email, invitedByName, ...standing }) => {
      const address = canonicalAddress(email)
      const given = standingOf(standing)
      return scope.transaction(async (tx) => {
        await tx.run(lockPeople(tx), { lane: 'write' })
        await requireGivable(tx, given)
        await requireGrantable(tx, given.grants)
        await tx.run(closeExpired(address))
        await refuseSecond(tx, address)
        await refuseTooMany(tx, address, tenantInvitations)
        const minted = mintInvitation()
        const by = tx.context.actor
        const byName = invitedByName ?? (await nameOfActor(tx, by)) ?? 'Tenantry'
        const [made] = await tx.run(insertInvitation({ id: uuid7(), email: address, ...given, ...minted, by, byName }))
        if (made === undefined) throw new Error('An inserted invitation answers its row.')
        await send(tx, minted.token, made)
        return made
      })
    },

    list: listInvitations,
    read: async (scope, id) => found(await findInvitation(scope, id)),

    resend: (scope, id) =>
      scope.transaction(async (tx) => {
        await tx.run(lockPeople(tx), { lane: 'write' })
        const before = found(await findInvitation(tx, id))
        if (before.state !== 'open' && before.state !== 'expired') throw problems.conflict(`The invitation is ${before.state}.`)
        await requireGivable(tx, standingOf({ ...before, customRoleId: before.customRoleId ?? undefined }))
        await refuseTooMany(tx, before.email, tenantInvitations)
        const minted = mintInvitation()
        const [renewed] = await tx.run(renewInvitation(id, minted))
        if (renewed === undefined) {
          throw problems.rate_limited(`An invitation is sent at most ${mostADay} times a day.`, {
            retryAfter: 3600,
            limit: mostADay,
          })
        }
        await send(tx, minted.token, renewed)
        return renewed
      }),

    revoke: (scope, id) =>
      scope.transaction(async (tx) => {
        const before = found(await findInvitation(tx, id))
        await requireGivable(tx, standingOf({ ...before, customRoleId: before.customRoleId ?? undefined }))
        const [revoked] = await tx.run(revokeInvitation(id))
        if (revoked === undefined && before.state !== 'revoked') throw problems.conflict('The invitation was accepted.')
      }),
  }
}

async function refuseSecond(scope: TenantScope, email: string): Promise<void> {
  const open = await findOpenFor(scope, email)
  if (open !== undefined) {
    throw problems.conflict('An invitation for this address is open: send it again, or take it back.', { invitationId: open.id })
  }
  const member = await scope.first(sql<{ id: string }>`select id from tenantry.members where email = ${email}`)
  if (member !== undefined) throw problems.conflict('Somebody with this address is a member already.', { memberId: member.id })
}

/** Mail goes out in our name, to whomever a tenant says. */
async function refuseTooMany(scope: TenantScope, email: string, mostAnHour: number): Promise<void> {
  const { all, there } = await sentLastHour(scope, email)
  const most = there >= mostThere ? mostThere : mostAnHour
  if (there < mostThere && all < mostAnHour) return
  const where = most === mostThere ? ' to one address' : ''
  throw problems.rate_limited(`A tenant sends at most ${most} invitations${where} an hour.`, { retryAfter: 600, limit: most })
}

function found(invitation: Invitation | undefined): Invitation {
  if (invitation === undefined) throw problems.not_found('There is no such invitation.')
  return invitation
}
