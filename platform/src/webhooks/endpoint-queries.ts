import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { SealedSecret } from '../secrets/secrets.ts'
import type { NewWebhook, Webhook, WebhookChanges } from './webhook.ts'

const own = sql`e.id, e.url, e.description, e.event_types, e.state, e.disabled_because, e.secret_fingerprint, e.secret_set_at,
  case when e.previous_secret_until > tenantry.clock() then e.previous_secret_until end as previous_secret_until,
  e.version, e.created_at, e.updated_at`
const health = sql`h.failing_since, h.last_success_at, h.last_failure_at, h.last_code`
const columns = sql`${own}, ${health}`
const from = sql`tenantry.webhook_endpoints e left join tenantry.webhook_health h on h.endpoint_id = e.id`

/** Nothing where the tenant has as many as it may have. */
export function insertEndpoint(scope: TenantScope, id: string, made: NewWebhook, secret: SealedSecret, most: number) {
  const { url, description = '', eventTypes = ['*'] } = made
  return scope.first(sql<Webhook>`with e as (
      insert into tenantry.webhook_endpoints (id, url, description, event_types, secret, secret_fingerprint)
      select ${id}::uuid, ${url}, ${description}, ${eventTypes}::text[], ${secret.sealed}::bytea, ${secret.fingerprint}
       where (select count(*) from tenantry.webhook_endpoints) < ${most}::int
      returning *)
    select ${own}, null::timestamptz as failing_since, null::timestamptz as last_success_at,
           null::timestamptz as last_failure_at, null::text as last_code from e`)
}

export function findEndpoint(scope: TenantScope, id: string): Promise<Webhook | undefined> {
  return scope.first(sql<Webhook>`select ${columns} from ${from} where e.id = ${id}::uuid`)
}

/** Newest first. */
export function listEndpoints(scope: TenantScope, after: string | undefined, limit: number): Promise<Webhook[]> {
  return scope.run(sql<Webhook>`select ${columns} from ${from}
    where ${after ?? null}::uuid is null or e.id < ${after ?? null}::uuid order by e.id desc limit ${limit}::int`)
}

/** Nothing for one that is absent or was changed since that version. */
export function updateEndpoint(
  scope: TenantScope,
  id: string,
  { url, description, eventTypes, state }: WebhookChanges,
  version: number | undefined,
) {
  return scope.run(sql<{ id: string }>`update tenantry.webhook_endpoints set
      url = coalesce(${url ?? null}, url), description = coalesce(${description ?? null}, description),
      event_types = coalesce(${eventTypes ?? null}::text[], event_types), state = coalesce(${state ?? null}, state),
      disabled_because = case when ${state ?? null}::text is null then disabled_because end,
      version = version + 1, updated_at = tenantry.clock()
    where id = ${id}::uuid and (${version ?? null}::int is null or version = ${version ?? null}::int) returning id`)
}

export function deleteEndpoint(scope: TenantScope, id: string) {
  return scope.run(sql<{ id: string }>`delete from tenantry.webhook_endpoints where id = ${id}::uuid returning id`)
}

/** The secret before signs beside the new one for so many hours. */
export function rotateSecret(scope: TenantScope, id: string, secret: SealedSecret, overlapHours: number) {
  return scope.run(sql<{ id: string }>`update tenantry.webhook_endpoints set
      previous_secret = case when ${overlapHours}::int > 0 then secret end,
      previous_secret_until = case when ${overlapHours}::int > 0 then tenantry.clock() + make_interval(hours => ${overlapHours}::int) end,
      secret = ${secret.sealed}::bytea, secret_fingerprint = ${secret.fingerprint}, secret_set_at = tenantry.clock(),
      version = version + 1, updated_at = tenantry.clock()
    where id = ${id}::uuid returning id`)
}

/** What a delivery needs; nothing for an endpoint that is not to be told. */
export interface Target {
  readonly url: string
  readonly secret: Buffer
  readonly previousSecret: Buffer | null
  readonly failures: number
  /** Seconds until it may be tried again. */
  readonly waits: number
}

export function findTarget(scope: TenantScope, id: string): Promise<Target | undefined> {
  return scope.first(sql<Target>`select e.url, e.secret,
      case when e.previous_secret_until > tenantry.clock() then e.previous_secret end as previous_secret,
      coalesce(h.failures, 0) as failures,
      coalesce(extract(epoch from h.retry_at - tenantry.clock()), 0)::float8 as waits
    from ${from} where e.id = ${id}::uuid and e.state = 'active'`)
}

/** Ends a disablement and a rest: it is tried again at once. */
export function forgetFailures(endpointId: string): SqlFragment {
  return sql`update tenantry.webhook_health set failures = 0, failing_since = null, retry_at = null where endpoint_id = ${endpointId}::uuid`
}

export function wake(endpointId: string): SqlFragment {
  return sql`select tenantry.schedule('webhooks.deliver', ${endpointId}::uuid, tenantry.clock())`
}

/** No row of the configuration changes by it, so the audit would not know. */
export function recordSending(
  endpointId: string,
  what: 'tested' | 'replayed',
  details: Readonly<Record<string, unknown>>,
): SqlFragment {
  return sql`select tenantry.record_audit(${`tenantry.webhook_endpoints.${what}`}, 'tenantry.webhook_endpoints', ${endpointId}::uuid,
    ${JSON.stringify(details)}::jsonb)`
}
