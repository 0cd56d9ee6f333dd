import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { OutboxEvent } from './event.ts'

/** How far a subscriber has been told, and since when it fails. */
export interface Position {
  /** Transaction id of the last event told, with `eventId` its place. `0` before the first. */
  readonly xid: string
  readonly eventId: string
  readonly failures: number
  /** Milliseconds until it is told again after a failure; zero or less is now. */
  readonly waits: number
}

export interface PlacedEvent extends OutboxEvent {
  readonly xid: string
}

const beginning: Position = { xid: '0', eventId: '00000000-0000-0000-0000-000000000000', failures: 0, waits: 0 }

/** A subscriber that was never told begins with the oldest event that the outbox still has. */
export async function positionOf(scope: TenantScope, subscriber: string): Promise<Position> {
  const position = await scope.first(sql<Position>`
    select xid::text as xid, event_id, failures,
           coalesce((extract(epoch from retry_at - tenantry.clock()) * 1000)::float8, 0) as waits
      from tenantry.event_positions where subscriber = ${subscriber}`)
  return position ?? beginning
}

/**
 * Events after a position, in the order in which they are told. Only those whose transaction is older than every transaction
 * still at work: one that began earlier may commit an event that comes before those, and would never be told.
 */
export function nextEvents(scope: TenantScope, { xid, eventId }: Position, limit: number): Promise<PlacedEvent[]> {
  return scope.run(sql<PlacedEvent>`
    select xid::text as xid, id, type, tenant_id, object_id, version, data, at from tenantry.events
     where (xid, id) > (${xid}::xid8, ${eventId}::uuid) and xid < pg_snapshot_xmin(pg_current_snapshot())
     order by xid, id limit ${limit}::int`)
}

/** Whether there is anything after the position, told soon or not: what is left must not be forgotten. */
export async function isAtEnd(scope: TenantScope, { xid, eventId }: Position): Promise<boolean> {
  const found = await scope.first(sql<{ more: boolean }>`
    select exists (select from tenantry.events where (xid, id) > (${xid}::xid8, ${eventId}::uuid)) as more`)
  return found?.more !== true
}

export async function keepPosition(scope: TenantScope, subscriber: string, { xid, eventId }: Position): Promise<void> {
  await scope.run(sql`
    insert into tenantry.event_positions (subscriber, xid, event_id) values (${subscriber}, ${xid}::xid8, ${eventId})
    on conflict (tenant_id, subscriber) do update
      set xid = excluded.xid, event_id = excluded.event_id, failures = 0, retry_at = null, error = null`)
}

/** The event after the position was not taken. */
export async function keepFailure(
  scope: TenantScope,
  subscriber: string,
  { xid, eventId, failures, waits }: Position,
  code: string,
): Promise<void> {
  await scope.run(sql`
    insert into tenantry.event_positions (subscriber, xid, event_id, failures, retry_at, error)
    values (${subscriber}, ${xid}::xid8, ${eventId}, ${failures},
            tenantry.clock() + make_interval(secs => ${waits / 1000}), ${code})
    on conflict (tenant_id, subscriber) do update
      set xid = excluded.xid, event_id = excluded.event_id, failures = excluded.failures, retry_at = excluded.retry_at, error = excluded.error`)
}
