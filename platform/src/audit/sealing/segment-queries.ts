import { sql } from '../../isolation/statement.ts'
import type { TenantScope } from '../../isolation/tenant-scope.ts'
import type { RegisterLine, SealedEntry } from '../proof/sealed-entry.ts'
import { noHash, type Signed } from '../proof/statements.ts'

/** A place in the order of entries. */
export interface EntryPlace {
  readonly xid: string
  readonly id: string
}

/** The last segment. */
export interface Head {
  readonly number: number
  readonly total: number
  readonly hash: string
  readonly last: EntryPlace
  /** Transactions of this cluster are younger than the seal: its rows came from a dump, and nothing new would ever be sealed. */
  readonly isAhead: boolean
}

export interface PlacedEntry extends SealedEntry {
  readonly xid: string
}

export interface Segment extends Signed {
  readonly number: number
  readonly total: number
  readonly sealedAt: string
  readonly register: readonly RegisterLine[]
  readonly lastXid: string
  readonly lastId: string
}

export const noHead: Head = {
  number: 0,
  total: 0,
  hash: noHash,
  last: { xid: '0', id: '00000000-0000-0000-0000-000000000000' },
  isAhead: false,
}

/** The form that is hashed: microseconds, and JSON as PostgreSQL prints it. */
const members = sql`tenant_id as tenant, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  actor_kind, actor_id, impersonator, action, object_type, object_id, before::text as before, after::text as after,
  request_id, address, user_agent, xid::text as xid`

const segmentColumns = sql`number, total, statement, translate(encode(signature, 'base64'), chr(10), '') as signature, sealed_at, register,
  last_xid::text as last_xid, last_id`

export async function headOf(scope: TenantScope): Promise<Head> {
  const row = await scope.first(sql<{ number: number; total: number; hash: string; xid: string; id: string; isAhead: boolean }>`
    select number, total, encode(hash, 'hex') as hash, last_xid::text as xid, last_id as id,
           last_xid >= pg_snapshot_xmax(pg_current_snapshot()) as is_ahead
      from tenantry.audit_segments order by number desc limit 1`)
  if (row === undefined) return noHead
  const { number, total, hash, xid, id, isAhead } = row
  return { number, total, hash, last: { xid, id }, isAhead }
}

/**
 * Entries after a place that no transaction still at work can come before. Whoever seals in this order below the snapshot's
 * xmin never has to look back, whatever the order in which transactions end.
 */
export function settledEntries(scope: TenantScope, { xid, id }: EntryPlace, limit: number): Promise<PlacedEntry[]> {
  return scope.run(sql<PlacedEntry>`select ${members} from tenantry.audit_entries
    where (xid, id) > (${xid}::xid8, ${id}::uuid) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by audit_entries.xid, id limit ${limit}::int`)
}

export async function hasEntriesAfter(scope: TenantScope, { xid, id }: EntryPlace): Promise<boolean> {
  const found = await scope.first(sql<{ more: boolean }>`
    select exists (select from tenantry.audit_entries where (xid, id) > (${xid}::xid8, ${id}::uuid)) as more`)
  return found?.more === true
}

/** All there are of a span, for an export. */
export function entriesBetween(scope: TenantScope, after: EntryPlace, last: EntryPlace): Promise<PlacedEntry[]> {
  return scope.run(
    sql<PlacedEntry>`select ${members} from tenantry.audit_entries
      where (xid, id) > (${after.xid}::xid8, ${after.id}::uuid) and (xid, id) <= (${last.xid}::xid8, ${last.id}::uuid)
      order by audit_entries.xid, id`,
    { lane: 'slow' },
  )
}

export function entriesAfter(scope: TenantScope, { xid, id }: EntryPlace): AsyncIterable<PlacedEntry> {
  return scope.stream(sql<PlacedEntry>`select ${members} from tenantry.audit_entries
    where (xid, id) > (${xid}::xid8, ${id}::uuid) order by audit_entries.xid, id`)
}

export function segmentsAfter(scope: TenantScope, number: number, limit: number): Promise<Segment[]> {
  return scope.run(sql<Segment>`select ${segmentColumns} from tenantry.audit_segments
    where number > ${number}::bigint order by number limit ${limit}::int`)
}

/** The newest first, without what only an export needs. */
export function checkpointsBefore(scope: TenantScope, number: number | undefined, limit: number) {
  return scope.run(sql<Pick<Segment, 'number' | 'total' | 'sealedAt' | 'statement' | 'signature'>>`
    select number, total, sealed_at, statement, translate(encode(signature, 'base64'), chr(10), '') as signature from tenantry.audit_segments
     where (${number ?? null}::bigint is null or number < ${number ?? null}::bigint) order by number desc limit ${limit}::int`)
}

/** Nothing is stored, and false answered, where another node was faster (there is one segment of each number) or the tenant was erased. */
export async function keepSegment(scope: TenantScope, segment: Segment, hash: string): Promise<boolean> {
  const { number, total, statement, signature, register, lastXid, lastId, sealedAt } = segment
  const kept = await scope.run(sql<{ number: number }>`
    insert into tenantry.audit_segments (number, total, hash, statement, signature, register, last_xid, last_id, sealed_at)
    select ${number}::bigint, ${total}::bigint, decode(${hash}, 'hex'), ${statement}, decode(${signature}, 'base64'),
            ${JSON.stringify(register)}::jsonb, ${lastXid}::xid8, ${lastId}::uuid, ${sealedAt}::timestamptz
     where exists (select from tenantry.tenants)
    on conflict do nothing returning number`)
  return kept.length === 1
}

export async function momentOf(scope: TenantScope): Promise<string> {
  const row = await scope.first(sql<{ at: string }>`
    select to_char(tenantry.clock() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`)
  return row?.at ?? ''
}
