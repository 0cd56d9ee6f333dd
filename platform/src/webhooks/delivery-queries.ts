import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Delivery } from './webhook.ts'

/** What is sent: https://www.standardwebhooks.com has `type`, `timestamp` and `data`; the rest is what a consumer needs to keep order. */
const bodyOf = (event: SqlFragment) => sql`jsonb_build_object('id', ${event}.id, 'type', ${event}.type,
  'timestamp', to_char(${event}.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'tenantId', ${event}.tenant_id,
  'objectId', ${event}.object_id, 'version', ${event}.version, 'data', ${event}.data)::text`

const wanted = (type: SqlFragment) => sql`exists (select from unnest(e.event_types) w
  where w = '*' or w = ${type} or (right(w, 2) = '.*' and starts_with(${type}, left(w, -1))))`

const v = sql.identifier('v')

/** A delivery for each endpoint that wants the event; telling it twice makes no second one. */
export function addDeliveries(scope: TenantScope, { id, at }: { readonly id: string; readonly at: string }) {
  return scope.run(
    sql`with made as (
      insert into tenantry.webhook_deliveries (event_at, endpoint_id, event_id, type, body)
      select v.at, e.id, v.id, v.type, ${bodyOf(v)}
        from tenantry.events v join tenantry.webhook_endpoints e
          on e.state = 'active' and e.created_at <= v.at and ${wanted(sql`v.type`)}
       where v.at = ${at}::timestamptz and v.id = ${id}::uuid
      on conflict do nothing returning endpoint_id)
    select tenantry.schedule('webhooks.deliver', endpoint_id, tenantry.clock()) from made`,
  )
}

/** How many events of a span the endpoint wants, counted up to `most`. */
export async function countSpan(scope: TenantScope, endpointId: string, span: { from: string; to: string }, most: number) {
  const row = await scope.first(
    sql<{ events: number }>`select count(*)::int as events from (
      select from tenantry.events v join tenantry.webhook_endpoints e on e.id = ${endpointId}::uuid and ${wanted(sql`v.type`)}
       where v.at >= ${span.from}::timestamptz and v.at < ${span.to}::timestamptz limit ${most}::int) found`,
    { lane: 'slow' },
  )
  return row?.events ?? 0
}

/** Events of a span that the endpoint wants, told anew or for the first time. */
export function replaySpan(scope: TenantScope, endpointId: string, span: { from: string; to: string }) {
  return scope.run(sql<{ id: string }>`
    insert into tenantry.webhook_deliveries as d (event_at, endpoint_id, event_id, type, body)
    select v.at, e.id, v.id, v.type, ${bodyOf(v)}
      from tenantry.events v join tenantry.webhook_endpoints e on e.id = ${endpointId}::uuid and ${wanted(sql`v.type`)}
     where v.at >= ${span.from}::timestamptz and v.at < ${span.to}::timestamptz
    on conflict (tenant_id, event_at, endpoint_id, event_id) do update
      set state = 'waiting', attempts = 0, begun_at = tenantry.clock(), next_at = tenantry.clock()
    returning event_id as id`)
}

export function replayOne(scope: TenantScope, endpointId: string, eventId: string) {
  return scope.run(sql<{ id: string }>`update tenantry.webhook_deliveries
      set state = 'waiting', attempts = 0, begun_at = tenantry.clock(), next_at = tenantry.clock()
    where endpoint_id = ${endpointId}::uuid and event_id = ${eventId}::uuid returning event_id as id`)
}

/** An event that did not happen, for this endpoint alone. */
export function addTestDelivery(scope: TenantScope, endpointId: string) {
  return scope.run(sql<{ id: string }>`
    insert into tenantry.webhook_deliveries (event_at, endpoint_id, event_id, type, body)
    select v.at, e.id, v.id, v.type, ${bodyOf(v)}
      from tenantry.webhook_endpoints e
      cross join lateral (select tenantry.uuid7() as id, tenantry.clock() as at, 'webhook.test' as type, e.tenant_id,
        e.id as object_id, 1 as version, jsonb_build_object('description', e.description) as data) v
     where e.id = ${endpointId}::uuid and e.state = 'active' returning event_id as id`)
}

export interface DeliveryPosition {
  readonly at: string
  readonly id: string
}

export interface DeliveryFilter {
  readonly state?: Delivery['state'] | undefined
}

/** The newest events first. */
export function listDeliveries(
  scope: TenantScope,
  endpointId: string,
  { state }: DeliveryFilter,
  after: DeliveryPosition | undefined,
  limit: number,
) {
  return scope.run(sql<Delivery>`select event_id, type, event_at, state, attempts,
      case when state = 'waiting' then next_at end as next_at, last_at, last_code, last_status, last_millis
    from tenantry.webhook_deliveries
    where endpoint_id = ${endpointId}::uuid and (${state ?? null}::text is null or state = ${state ?? null}::text)
      and (${after?.at ?? null}::timestamptz is null
        or (event_at, event_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    order by event_at desc, event_id desc limit ${limit}::int`)
}

export interface DueDelivery {
  readonly eventAt: string
  readonly eventId: string
  readonly body: string
  readonly attempts: number
  /** Now, by the platform's clock: what the signature is dated with. */
  readonly now: string
  /** The three days are over: this is its last attempt. */
  readonly last: boolean
}

/** The one that has been due longest. */
export function nextDue(scope: TenantScope, endpointId: string, patienceDays: number): Promise<DueDelivery | undefined> {
  return scope.first(sql<DueDelivery>`select event_at, event_id, body, attempts, tenantry.clock() as now,
      begun_at < tenantry.clock() - make_interval(days => ${patienceDays}::int) as last
    from tenantry.webhook_deliveries
    where endpoint_id = ${endpointId}::uuid and state = 'waiting' and next_at <= tenantry.clock() order by next_at limit 1`)
}

/** Seconds until something is due; null when nothing waits. */
export async function untilNext(scope: TenantScope, endpointId: string): Promise<number | null> {
  const row = await scope.first(sql<{ seconds: number | null }>`
    select extract(epoch from min(next_at) - tenantry.clock())::float8 as seconds from tenantry.webhook_deliveries
     where endpoint_id = ${endpointId}::uuid and state = 'waiting'`)
  return row?.seconds ?? null
}
