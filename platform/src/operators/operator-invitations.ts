import { hash, randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { problems } from '../problems/catalogue.ts'

/** A link that makes its reader the operator, once. */
export interface OperatorInvitation {
  /** 256 random bits; stored nowhere. */
  readonly token: string
  /** RFC 3339. */
  readonly expiresAt: string
}

export interface InvitedOperator {
  readonly id: string
  readonly email: string
  readonly name: string
}

const hours = 24

/** One link at a time: those made earlier are none any more. @throws not_found for an absent or disabled operator */
export async function makeInvitation(pool: Pool, operatorId: string): Promise<OperatorInvitation> {
  const token = randomBytes(32).toString('base64url')
  const insert = `
    with earlier as (
      delete from tenantry.operator_invitations i using tenantry.operators o
       where o.id = $1 and i.operator_id = o.id and i.used_at is null
    )
    insert into tenantry.operator_invitations (operator_id, hash, expires_at)
    select id, $2, tenantry.clock() + make_interval(hours => ${hours})
      from tenantry.operators where id = $1 and disabled_at is null
    returning to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "expiresAt"`
  const { rows } = await pool.query<{ expiresAt: string }>(insert, [operatorId, digestOf(token)])
  const [made] = rows
  if (made === undefined) throw problems.not_found('There is no such operator.')
  return { token, ...made }
}

/** Whom a live link is for. @throws invitation_invalid for one that is unknown, used or over, or whose operator was disabled */
export async function lookAtInvitation(pool: Pool, token: string): Promise<InvitedOperator> {
  const select = `
    select o.id, o.email, o.name from tenantry.operator_invitations i join tenantry.operators o on o.id = i.operator_id
     where i.hash = $1 and ${isLive}`
  return liveOne((await pool.query<InvitedOperator>(select, [digestOf(token)])).rows)
}

/** Uses the link up: of two who come at once one gets it. @throws invitation_invalid */
export async function takeInvitation(pool: Pool, token: string): Promise<InvitedOperator> {
  const take = `
    update tenantry.operator_invitations i set used_at = tenantry.clock() from tenantry.operators o
     where i.hash = $1 and o.id = i.operator_id and ${isLive} returning o.id, o.email, o.name`
  return liveOne((await pool.query<InvitedOperator>(take, [digestOf(token)])).rows)
}

const isLive = 'i.used_at is null and i.expires_at > tenantry.clock() and o.disabled_at is null'

function liveOne([operator]: readonly InvitedOperator[]): InvitedOperator {
  if (operator === undefined) throw problems.invitation_invalid('This link is none, was used, or is over.')
  return operator
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}

/** Where the link of an invitation leads. The token is in the fragment, which no server and no log sees. */
export function acceptUrl(origin: string, token: string): string {
  return `${origin}/operators/accept#token=${token}`
}
