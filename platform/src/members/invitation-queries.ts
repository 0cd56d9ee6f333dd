import type { Pool } from 'pg'
import type { Role } from '../access/principal.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { Actor, Reach, TenantScope } from '../isolation/tenant-scope.ts'
import type { Invitation, MintedToken } from './invitation.ts'

const columns = sql`id, email, role, custom_role_id, reach, granted as grants,
  case when accepted_at is not null then 'accepted' when revoked_at is not null then 'revoked'
       when expires_at <= tenantry.clock() then 'expired' else 'open' end as state,
  invited_by, invited_by_name, sent_at, times_sent, expires_at, accepted_at, accepted_by, created_at, version`

const isOpen = sql`accepted_at is null and revoked_at is null and expires_at > tenantry.clock()`

/** How long one can be accepted. */
const life = sql`interval '7 days'`

/** Times that one invitation is sent in a day. */
export const mostADay = 5

/** Invitations to one address in an hour, those taken back included. */
export const mostThere = 5

export function findInvitation(scope: TenantScope, id: string): Promise<Invitation | undefined> {
  return scope.first(sql<Invitation>`select ${columns} from tenantry.invitations where id = ${id}`, { lane: 'write' })
}

/** The newest first. */
export function listInvitations(
  scope: TenantScope,
  page: { readonly after?: { readonly createdAt: string; readonly id: string } | undefined; readonly limit: number },
): Promise<Invitation[]> {
  const { after } = page
  return scope.run(sql<Invitation>`select ${columns} from tenantry.invitations
    where tenant_id = ${scope.context.tenantId}
      and (${after?.id ?? null}::uuid is null or (created_at, id) < (${after?.createdAt ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    order by created_at desc, id desc limit ${page.limit}`)
}

/** One that ran out is closed, so that it stands in nobody's way. */
export function closeExpired(email: string): SqlFragment {
  return sql`update tenantry.invitations set revoked_at = tenantry.clock(), version = version + 1
    where email = ${email} and accepted_at is null and revoked_at is null and expires_at <= tenantry.clock()`
}

export function findOpenFor(scope: TenantScope, email: string): Promise<{ id: string } | undefined> {
  return scope.first(sql<{ id: string }>`select id from tenantry.invitations where email = ${email} and ${isOpen}`, {
    lane: 'write',
  })
}

/** To anybody, and to this address. */
export async function sentLastHour(scope: TenantScope, email: string): Promise<{ readonly all: number; readonly there: number }> {
  const counted = await scope.first(sql<{ all: number; there: number }>`
    select count(*)::int as all, (count(*) filter (where email = ${email}))::int as there from tenantry.invitations
    where tenant_id = ${scope.context.tenantId} and sent_at > tenantry.clock() - interval '1 hour'`)
  return counted ?? { all: 0, there: 0 }
}

/** What a member, key or operator is called in the mail. */
export async function nameOfActor(scope: TenantScope, { kind, id }: Actor): Promise<string | undefined> {
  if (kind !== 'member' && kind !== 'key') return undefined
  const table = kind === 'member' ? 'tenantry.members' : 'tenantry.api_keys'
  const row = await scope.first(sql<{ name: string }>`select name from ${sql.identifier(table)} where id = ${id}`)
  return row?.name
}

export interface InvitationRow extends MintedToken {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly customRoleId: string | null
  readonly reach: Reach
  readonly grants: readonly string[]
  readonly by: Actor
  readonly byName: string
}

export function insertInvitation(row: InvitationRow): SqlFragment<Invitation> {
  return sql<Invitation>`with made as (
      insert into tenantry.invitations (id, public_id, hash, email, role, custom_role_id, reach, granted, invited_by, invited_by_kind,
        invited_by_name, expires_at)
      values (${row.id}, ${row.publicId}, ${row.hash}, ${row.email}, ${row.role}, ${row.customRoleId}, ${row.reach},
        ${row.grants}::uuid[], ${row.by.id}, ${row.by.kind}, ${row.byName}, tenantry.clock() + ${life})
      returning ${columns})
    select * from made
     where tenantry.emit('platform.member.invited', id, jsonb_build_object('email', email, 'role', role))::text is not null`
}

/** A new token; the old one is none any more. Nothing when it was sent too often today, or is not open or expired. */
export function renewInvitation(id: string, { publicId, hash }: MintedToken): SqlFragment<Invitation> {
  const newDay = sql`today <= tenantry.clock() - interval '1 day'`
  return sql<Invitation>`update tenantry.invitations
       set public_id = ${publicId}, hash = ${hash}, sent_at = tenantry.clock(), times_sent = times_sent + 1,
           sent_today = case when ${newDay} then 1 else sent_today + 1 end,
           today = case when ${newDay} then tenantry.clock() else today end,
           expires_at = tenantry.clock() + ${life}, version = version + 1
     where id = ${id} and accepted_at is null and revoked_at is null and (${newDay} or sent_today < ${mostADay})
    returning ${columns}`
}

export function revokeInvitation(id: string): SqlFragment<{ id: string }> {
  return sql<{ id: string }>`update tenantry.invitations set revoked_at = tenantry.clock(), version = version + 1
    where id = ${id} and accepted_at is null and revoked_at is null returning id`
}

/** Which tenant's, by the token's public part: ids only. */
export async function whereInvitationIs(pool: Pool, publicId: string): Promise<{ id: string; tenantId: string } | undefined> {
  const { rows } = await pool.query<{ id: string; tenantId: string }>(
    'select id, tenant_id as "tenantId" from tenantry.invitations where public_id = $1',
    [publicId],
  )
  return rows[0]
}

export interface Promised {
  readonly email: string
  readonly role: Role
  readonly customRoleId: string | null
  readonly reach: Reach
  readonly grants: readonly string[]
  readonly invitedBy: string
  readonly invitedByKind: Actor['kind']
  readonly invitedByName: string
  readonly expiresAt: string
}

const promised = sql`email, role, custom_role_id, reach, granted as grants, invited_by, invited_by_kind, invited_by_name, expires_at`

/** What an open invitation promises to the holder of its token. */
export function readPromise(id: string, hash: Uint8Array): SqlFragment<Promised> {
  return sql<Promised>`select ${promised} from tenantry.invitations where id = ${id} and hash = ${hash} and ${isOpen}`
}

/** Once: of any number that come at one moment the first has it. */
export function takePromise(id: string, hash: Uint8Array, email: string, memberId: string): SqlFragment<Promised> {
  return sql<Promised>`update tenantry.invitations
       set accepted_at = tenantry.clock(), accepted_by = ${memberId}, version = version + 1
     where id = ${id} and hash = ${hash} and email = ${email} and ${isOpen} returning ${promised}`
}
