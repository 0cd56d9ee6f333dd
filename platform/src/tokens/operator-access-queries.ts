import { hash } from 'node:crypto'
import type { Pool } from 'pg'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import { tenantIs } from '../isolation/tenant-literal.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { OperatorAccess, RunningAccess } from './operator-access.ts'

/** Seconds in which the link must be followed. */
const linkLife = 60

export interface NewAccess {
  readonly publicId: string
  readonly userId: string
  readonly memberId: string
  readonly operator: { readonly id: string; readonly name: string }
  readonly reason: string
  readonly readOnly: boolean
  readonly minutes: number
  readonly address: string
  readonly userAgent: string | undefined
  /** What opens it in a browser, on this host alone. */
  readonly token: string
  readonly host: string
}

/** The access and the family of tokens that lives as long. Nobody has that family's refresh token. */
export function insertAccess(access: NewAccess): SqlFragment<{ id: string; until: number }> {
  return sql<{ id: string; until: number }>`with family as (
      insert into tenantry.refresh_families (public_id, user_id, methods, expires_at, address, user_agent)
      values (${access.publicId}, ${access.userId}, '{operator}',
        tenantry.clock() + make_interval(mins => ${access.minutes}::int), ${access.address}, ${access.userAgent ?? null})
      returning id, expires_at
    ), made as (
      insert into tenantry.operator_access
        (id, member_id, operator_id, operator_name, reason, read_only, hand_off_hash, hand_off_host, hand_off_until)
      select id, ${access.memberId}, ${access.operator.id}, ${access.operator.name}, ${access.reason}, ${access.readOnly}::boolean,
        ${hashOf(access.token)}, ${access.host}, tenantry.clock() + make_interval(secs => ${linkLife}::int) from family
    )
    select id, (extract(epoch from expires_at) * 1000)::float8 as until from family`
}

export interface OpenedAccess {
  readonly id: string
  readonly memberId: string
  readonly userId: string
  readonly operatorId: string
  readonly readOnly: boolean
  readonly until: number
}

/** Nothing for a link that is none, was followed, is over, or was made for another host; nothing for an access that has ended. */
export function openAccess(token: string, host: string): SqlFragment<OpenedAccess> {
  return sql<OpenedAccess>`update tenantry.operator_access a
      set opened_at = tenantry.clock(), hand_off_hash = null, hand_off_host = null, hand_off_until = null
     from tenantry.refresh_families f
    where a.hand_off_hash = ${hashOf(token)} and a.hand_off_host = ${host} and a.hand_off_until > tenantry.clock()
      and f.id = a.id and f.ended_at is null and f.expires_at > tenantry.clock()
   returning a.id, a.member_id, f.user_id, a.operator_id, a.read_only, (extract(epoch from f.expires_at) * 1000)::float8 as until`
}

const shown = sql`a.id, a.operator_id, a.operator_name, a.member_id, m.name as member_name, a.reason, a.read_only, a.created_at,
  a.opened_at, f.expires_at, f.ended_at,
  f.ended_at is null and f.expires_at > tenantry.clock() as running`
const rows = sql`tenantry.operator_access a
  join tenantry.refresh_families f on f.id = a.id left join tenantry.members m on m.id = a.member_id`

/** The newest first. */
export function listAccess(
  scope: TenantScope,
  running: boolean | undefined,
  after: { readonly at: string; readonly id: string } | undefined,
  limit: number,
): SqlFragment<OperatorAccess> {
  const conditions = [
    tenantIs(scope, 'a'),
    ...(running === undefined ? [] : [sql`(f.ended_at is null and f.expires_at > tenantry.clock()) = ${running}::boolean`]),
    ...(after === undefined ? [] : [sql`(a.created_at, a.id) < (${after.at}::timestamptz, ${after.id}::uuid)`]),
  ]
  return sql<OperatorAccess>`select ${shown} from ${rows} where ${sql.join(conditions, ' and ')}
    order by a.created_at desc, a.id desc limit ${limit}::int`
}

export function findAccess(id: string): SqlFragment<OperatorAccess> {
  return sql<OperatorAccess>`select ${shown} from ${rows} where a.id = ${id}`
}

/** Those that run, over all tenants: who and where, and not why. */
export async function runningAccess(pool: Pool, limit: number): Promise<RunningAccess[]> {
  const { rows: found } = await pool.query<{ row: RunningAccess }>(
    `select jsonb_build_object('id', a.id, 'operatorId', a.operator_id, 'operatorName', a.operator_name, 'memberId', a.member_id,
              'readOnly', a.read_only, 'createdAt', ${rfc3339('a.created_at')}, 'expiresAt', ${rfc3339('f.expires_at')},
              'tenant', jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name)) as row
       from tenantry.operator_access a
       join tenantry.refresh_families f on f.tenant_id = a.tenant_id and f.id = a.id
       join tenantry.tenants t on t.id = a.tenant_id
      where f.ended_at is null and f.expires_at > tenantry.clock()
      order by a.created_at desc, a.id desc limit $1`,
    [limit],
  )
  return found.map(({ row }) => row)
}

const rfc3339 = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

function hashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
