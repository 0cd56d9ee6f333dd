import { type SqlFragment, sql, type TenantScope } from 'tenantry'

export const pollKind = 'bms.poll_controller'
export const secretPlace = (buildingId: string) => ({ table: 'bms.connectors', column: 'secret', row: buildingId })

/** A connector and its state, with the sealed secret: for this folder's eyes only. */
export interface ConnectorRow {
  readonly buildingId: string
  readonly url: string
  readonly secret: Buffer | null
  readonly secretFingerprint: string | null
  readonly secretSetAt: string | null
  readonly secretSetBy: string | null
  readonly secretSetByKind: string | null
  readonly secretHeader: string
  readonly pollSeconds: number
  readonly paused: boolean
  readonly fields: Readonly<Record<string, string>>
  readonly version: number
  readonly createdAt: string
  readonly updatedAt: string
  readonly readUntil: string | null
  readonly lastSuccessAt: string | null
  readonly lastPoints: number | null
  readonly lastRefused: number | null
  readonly lastFailureAt: string | null
  readonly lastFailureCode: string | null
  readonly failures: number
  readonly dueAt: string | null
  /** `tenantry.clock()`, in microseconds. */
  readonly now: number
}

const columns = sql`c.building_id, c.url, c.secret, c.secret_fingerprint, c.secret_set_at, c.secret_set_by, c.secret_set_by_kind,
  c.secret_header, c.poll_seconds, c.paused, c.fields, c.version, c.created_at, c.updated_at,
  s.read_until, s.last_success_at, s.last_points, s.last_refused, s.last_failure_at, s.last_failure_code, s.failures, s.due_at,
  (extract(epoch from tenantry.clock()) * 1000000)::int8 as now`

export function findConnector(scope: TenantScope, buildingId: string): Promise<ConnectorRow | undefined> {
  return scope.first(sql<ConnectorRow>`select ${columns} from bms.connectors c
    join bms.connector_states s on s.building_id = c.building_id where c.building_id = ${buildingId}::uuid`)
}

export interface ConnectorValues {
  readonly url: string
  /** Of those that are kept as they are, undefined. */
  readonly secret: { readonly sealed: Buffer; readonly fingerprint: string } | null | undefined
  readonly secretHeader: string
  readonly pollSeconds: number
  readonly paused: boolean
  readonly fields: Readonly<Record<string, string>>
}

/**
 * Makes or replaces the connector and has it polled at once. No row where the building is out of sight, or where the connector is
 * not at the version that the values were decided upon: a secret must not meet an address that it was not given for.
 *
 * @param seen 0 where there was none
 */
export function putConnector(
  scope: TenantScope,
  buildingId: string,
  { url, secret, secretHeader, pollSeconds, paused, fields }: ConnectorValues,
  seen: number,
): Promise<ConnectorRow | undefined> {
  const { actor } = scope.context
  const stays = secret === undefined
  const sealed = secret?.sealed ?? null
  return scope.first(sql<ConnectorRow>`with put as (
      insert into bms.connectors as c (building_id, url, secret, secret_fingerprint, secret_set_at, secret_set_by, secret_set_by_kind,
        secret_header, poll_seconds, paused, fields)
      select b.id, ${url}, ${sealed}::bytea, ${secret?.fingerprint ?? null}, ${whenSet(sealed)},
        case when ${sealed !== null}::boolean then ${actor.id}::uuid end, case when ${sealed !== null}::boolean then ${actor.kind} end,
        ${secretHeader}, ${pollSeconds}::int, ${paused}::boolean, ${JSON.stringify(fields)}::jsonb
      from bms.buildings b where b.id = ${buildingId}::uuid
      on conflict (tenant_id, building_id) do update set url = excluded.url, secret_header = excluded.secret_header,
        poll_seconds = excluded.poll_seconds, paused = excluded.paused, fields = excluded.fields, version = c.version + 1, updated_at = tenantry.clock(),
        secret = case when ${stays}::boolean then c.secret else excluded.secret end,
        secret_fingerprint = case when ${stays}::boolean then c.secret_fingerprint else excluded.secret_fingerprint end,
        secret_set_at = case when ${stays}::boolean then c.secret_set_at else excluded.secret_set_at end,
        secret_set_by = case when ${stays}::boolean then c.secret_set_by else excluded.secret_set_by end,
        secret_set_by_kind = case when ${stays}::boolean then c.secret_set_by_kind else excluded.secret_set_by_kind end
      where c.version = ${seen}::int
      returning c.*),
    state as (
      insert into bms.connector_states as s (building_id, due_at) select building_id, case when not paused then tenantry.clock() end from put
      on conflict (tenant_id, building_id) do update set failures = 0, due_at = excluded.due_at
      returning s.*)
    select ${columns}, case when not c.paused then tenantry.schedule(${pollKind}, c.building_id, tenantry.clock())::text end as scheduled
    from put c join state s on s.building_id = c.building_id`)
}

function whenSet(sealed: Buffer | null): SqlFragment {
  return sql`case when ${sealed !== null}::boolean then tenantry.clock() end`
}

export async function removeConnector(scope: TenantScope, buildingId: string): Promise<boolean> {
  const row = await scope.first(sql`delete from bms.connectors where building_id = ${buildingId}::uuid returning building_id`)
  return row !== undefined
}

/** How a poll ended: what the state is from now on. */
export interface PollEnd {
  readonly code: string
  readonly points: number
  readonly refused: number
  /** RFC 3339; null where nothing newer came. */
  readonly readUntil: string | null
  readonly failures: number
  readonly nextSeconds: number
}

/** Nothing where the connector was changed or removed meanwhile: the poll was about another one. */
export async function noteEnd(scope: TenantScope, { buildingId, version }: ConnectorRow, end: PollEnd): Promise<void> {
  const worked = end.failures === 0
  const outcome = worked
    ? sql`last_success_at = tenantry.clock(), last_points = ${end.points}::int, last_refused = ${end.refused}::int,
        read_until = greatest(s.read_until, ${end.readUntil}::timestamptz)`
    : sql`last_failure_at = tenantry.clock(), last_failure_code = ${end.code}`
  await scope.run(sql`with noted as (
      update bms.connector_states s set failures = ${end.failures}::int,
        due_at = case when not c.paused then tenantry.clock() + make_interval(secs => ${end.nextSeconds}::float8) end, ${outcome}
      from bms.connectors c where s.building_id = ${buildingId}::uuid and c.building_id = s.building_id and c.version = ${version}::int
      returning s.building_id, s.due_at)
    select tenantry.schedule(${pollKind}, building_id, due_at)::text as scheduled from noted where due_at is not null`)
}
