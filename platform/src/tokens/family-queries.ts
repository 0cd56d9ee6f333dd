import type { Pool } from 'pg'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { EndReason, ProvedPerson } from './tokens.ts'

export interface Family {
  readonly id: string
  readonly publicId: string
  readonly tenantId: string
  readonly userId: string
}

/** Which tenant a refresh token leads to; anything else is asked in that tenant's scope. */
export async function findFamily(pool: Pool, publicId: string): Promise<Family | undefined> {
  const { rows } = await pool.query<Family>(
    `select id, public_id as "publicId", tenant_id as "tenantId", user_id as "userId"
       from tenantry.refresh_families where public_id = $1 and ended_at is null`,
    [publicId],
  )
  return rows[0]
}

/** Tenants in which the person has programs signed in. */
export async function tenantsWithFamilies(pool: Pool, userId: string): Promise<string[]> {
  const { rows } = await pool.query<{ tenantId: string }>(
    `select distinct tenant_id as "tenantId" from tenantry.refresh_families where user_id = $1 and ended_at is null`,
    [userId],
  )
  return rows.map(({ tenantId }) => tenantId)
}

/** A live family, as it may be told across tenants. The person's membership in its tenant acts when it is looked at. */
export interface LiveFamily {
  readonly id: string
  readonly tenantId: string
  readonly tenantName: string
  readonly memberId: string
}

/** Families that a list names; whoever has more sees the newest. */
const mostListed = 200

/** The person's live families over all his tenants, the newest first. */
export async function liveFamiliesOf(pool: Pool, person: Pick<ProvedPerson, 'id' | 'realmId'>): Promise<LiveFamily[]> {
  const { rows } = await pool.query<LiveFamily>(
    `select f.id, f.tenant_id as "tenantId", t.name as "tenantName", m.id as "memberId"
       from tenantry.refresh_families f
       join tenantry.members m on m.tenant_id = f.tenant_id and m.user_id = f.user_id
       join tenantry.tenants t on t.id = f.tenant_id and t.realm_id = $2::uuid
      where f.user_id = $1::uuid and f.ended_at is null and f.expires_at > tenantry.clock()
      order by f.id desc limit ${mostListed}`,
    [person.id, person.realmId],
  )
  return rows
}

/** The tenant of a family that is the person's and has not ended. */
export async function tenantOfFamily(pool: Pool, userId: string, id: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ tenantId: string }>(
    `select tenant_id as "tenantId" from tenantry.refresh_families where user_id = $1::uuid and id = $2::uuid and ended_at is null`,
    [userId, id],
  )
  return rows[0]?.tenantId
}

export interface FamilyDetails {
  readonly id: string
  readonly methods: readonly string[]
  readonly address: string | null
  readonly userAgent: string | null
  readonly createdAt: string
  readonly usedAt: string
  readonly expiresAt: string
}

/** Where an operator who acts as the person sits is not the person's to know. */
export function detailsOfFamilies(userId: string, ids: readonly string[]): SqlFragment<FamilyDetails> {
  return sql<FamilyDetails>`select id, methods, created_at, rotated_at as used_at, expires_at,
      case when not 'operator' = any(methods) then address end as address,
      case when not 'operator' = any(methods) then user_agent end as user_agent
    from tenantry.refresh_families
   where user_id = ${userId} and id = any(${ids}::uuid[]) and ended_at is null and expires_at > tenantry.clock()`
}

export interface NewFamily {
  readonly publicId: string
  readonly userId: string
  readonly methods: readonly string[]
  readonly address: string
  readonly userAgent: string | undefined
  readonly minutes: number
}

/** Minutes that a family lives from its last refresh, and from its beginning. */
export const familyLife = { idle: 30 * 24 * 60, whole: 90 * 24 * 60 } as const

export function insertFamily(family: NewFamily): SqlFragment<{ id: string }> {
  return sql<{ id: string }>`insert into tenantry.refresh_families (public_id, user_id, methods, expires_at, address, user_agent)
    values (${family.publicId}, ${family.userId}, ${family.methods}::text[],
      tenantry.clock() + make_interval(mins => ${family.minutes}::int), ${family.address}, ${family.userAgent ?? null})
    returning id`
}

/** The next generation, for the first who asks with this one. */
export function rotate(id: string, generation: number): SqlFragment<{ methods: string[] }> {
  return sql<{ methods: string[] }>`update tenantry.refresh_families
       set generation = generation + 1, rotated_at = tenantry.clock(),
           expires_at = least(tenantry.clock() + make_interval(mins => ${familyLife.idle}::int),
             created_at + make_interval(mins => ${familyLife.whole}::int))
     where id = ${id} and generation = ${generation} and ended_at is null and expires_at > tenantry.clock()
    returning methods`
}

/** Seconds in which two tabs, or a client whose answer was lost, may come with the same token. */
const grace = 10

export interface FamilyState {
  readonly generation: number
  readonly methods: readonly string[]
  /** Its last refresh was within the grace. */
  readonly justRotated: boolean
}

export function stateOfFamily(id: string): SqlFragment<FamilyState> {
  return sql<FamilyState>`select generation, methods, rotated_at > tenantry.clock() - make_interval(secs => ${grace}::int) as just_rotated
    from tenantry.refresh_families where id = ${id} and ended_at is null and expires_at > tenantry.clock()`
}

/** A token that came again: whoever holds the family now, it is one too many. */
export function endReplayed(id: string): SqlFragment<{ id: string }> {
  return sql<{ id: string }>`with ended as (
      update tenantry.refresh_families set ended_at = tenantry.clock(), ended_because = 'replayed'
       where id = ${id} and ended_at is null returning id, user_id)
    select id from ended
     where tenantry.emit('platform.session.replayed', id, jsonb_build_object('userId', user_id))::text is not null`
}

export function endFamily(id: string, because: EndReason): SqlFragment {
  return sql`update tenantry.refresh_families set ended_at = tenantry.clock(), ended_because = ${because}
    where id = ${id} and ended_at is null`
}

/** All of the person's in the tenant, but the one that is named. */
export function endFamiliesOf(userId: string, because: EndReason, except?: string): SqlFragment {
  return sql`update tenantry.refresh_families set ended_at = tenantry.clock(), ended_because = ${because}
    where user_id = ${userId} and ended_at is null and id is distinct from ${except ?? null}::uuid`
}
