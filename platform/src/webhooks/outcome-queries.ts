import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { patienceDays } from './back-off.ts'
import type { DueDelivery } from './delivery-queries.ts'

/** What came of an attempt. */
export interface Outcome {
  readonly delivered: boolean
  readonly code: string
  readonly status: number | null
  readonly millis: number
}

/** The endpoint takes again: what waited for it is due at once. */
export async function keepSuccess(scope: TenantScope, endpointId: string, delivery: DueDelivery, outcome: Outcome) {
  await scope.batch([
    attempted(endpointId, delivery, outcome, sql`state = 'delivered'`),
    sql`update tenantry.webhook_deliveries set next_at = tenantry.clock()
      where endpoint_id = ${endpointId}::uuid and state = 'waiting' and next_at > tenantry.clock()
        and exists (select from tenantry.webhook_health h where h.endpoint_id = ${endpointId}::uuid and h.retry_at is not null)`,
    sql`insert into tenantry.webhook_health (endpoint_id, last_success_at, last_code)
      values (${endpointId}::uuid, tenantry.clock(), ${outcome.code})
      on conflict (tenant_id, endpoint_id) do update set failures = 0, failing_since = null, retry_at = null,
        last_success_at = excluded.last_success_at, last_code = excluded.last_code`,
  ])
}

export interface Pauses {
  /** Seconds until the delivery is tried again. */
  readonly delivery: number
  /** Seconds for which the endpoint is left alone; undefined for not at all. */
  readonly endpoint: number | undefined
}

/** Answers whether it has been failing for so long that it is given up. */
export async function keepFailure(
  scope: TenantScope,
  endpointId: string,
  delivery: DueDelivery,
  outcome: Outcome,
  pauses: Pauses,
) {
  const next = delivery.last
    ? sql`state = 'failed'`
    : sql`next_at = tenantry.clock() + make_interval(secs => ${pauses.delivery}::float8)`
  const rest = pauses.endpoint ?? null
  const [, rows] = await scope.batch([
    attempted(endpointId, delivery, outcome, next),
    sql<{ givenUp: boolean }>`
      insert into tenantry.webhook_health (endpoint_id, failures, failing_since, last_failure_at, last_code)
      values (${endpointId}::uuid, 1, tenantry.clock(), tenantry.clock(), ${outcome.code})
      on conflict (tenant_id, endpoint_id) do update set failures = webhook_health.failures + 1,
        failing_since = coalesce(webhook_health.failing_since, excluded.failing_since),
        retry_at = case when ${rest}::float8 is not null then tenantry.clock() + make_interval(secs => ${rest}::float8) end,
        last_failure_at = excluded.last_failure_at, last_code = excluded.last_code
      returning failing_since < tenantry.clock() - make_interval(days => ${patienceDays}::int) as given_up`,
  ])
  return (rows as readonly { givenUp: boolean }[])[0]?.givenUp === true
}

/** No more is sent until somebody looks after it; the tenant is told by an event that its other endpoints and notices get. */
export async function disableEndpoint(scope: TenantScope, endpointId: string, because: 'failing' | 'gone'): Promise<void> {
  await scope.run(sql`with disabled as (
      update tenantry.webhook_endpoints set state = 'disabled', disabled_because = ${because}, version = version + 1,
          updated_at = tenantry.clock()
        where id = ${endpointId}::uuid and state = 'active' returning id, url)
    select tenantry.emit('webhook.endpoint.disabled', id, jsonb_build_object('url', url, 'because', ${because}::text)) from disabled`)
}

function attempted(endpointId: string, { eventAt, eventId }: DueDelivery, { code, status, millis }: Outcome, then: SqlFragment) {
  return sql`update tenantry.webhook_deliveries set ${then}, attempts = attempts + 1, last_at = tenantry.clock(),
      last_code = ${code}, last_status = ${status}::int, last_millis = ${millis}::int
    where event_at = ${eventAt}::timestamptz and endpoint_id = ${endpointId}::uuid and event_id = ${eventId}::uuid
      and state = 'waiting'`
}
