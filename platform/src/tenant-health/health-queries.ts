import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { TenantActivity } from './activity.ts'
import { type HealthReason, type HealthState, stateOf } from './health.ts'

export interface AssessedHealth {
  readonly state: HealthState
  /** RFC 3339: when it came into this state. */
  readonly since: string
  readonly assessedAt: string
  readonly reasons: readonly HealthReason[]
  readonly activity: TenantActivity
}

export function findHealth(scope: TenantScope): Promise<AssessedHealth | undefined> {
  return scope.first(sql<AssessedHealth>`select state, since, assessed_at, reasons, activity from tenantry.tenant_health`)
}

/** Lays down an assessment, and tells of it in the same statement where the tenant has become critical. */
export async function keepHealth(scope: TenantScope, reasons: readonly HealthReason[], activity: TenantActivity): Promise<void> {
  const { tenantId } = scope.context
  const state = stateOf(reasons)
  const codes = reasons.map(({ code }) => code)
  await scope.run(
    sql`
    with before as (select state from tenantry.tenant_health for update),
    kept as (
      insert into tenantry.tenant_health as h (tenant_id, state, codes, reasons, activity)
      values (${tenantId}::uuid, ${state}, ${codes}::text[], ${JSON.stringify(reasons)}::jsonb, ${JSON.stringify(activity)}::jsonb)
      on conflict (tenant_id) do update set state = excluded.state, codes = excluded.codes, reasons = excluded.reasons,
        activity = excluded.activity, assessed_at = excluded.assessed_at,
        since = case when h.state = excluded.state then h.since else excluded.since end
      returning state)
    select tenantry.emit('health.critical', ${tenantId}::uuid, jsonb_build_object('codes', ${codes}::text[]))
      from kept where state = 'critical' and not exists (select from before where before.state = 'critical')`,
    { lane: 'write' },
  )
}
