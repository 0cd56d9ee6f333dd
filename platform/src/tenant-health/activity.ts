import { z } from 'zod'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'

const activity = {
  requestsLastHour: z.int(),
  errorsLastHour: z.int().describe('Server errors and refusals by a quota'),
  requests: z.int().describe('In the last seven days'),
  requestsBefore: z.int().describe('In the seven days before those'),
  signIns: z.int().describe('In the last seven days'),
  receivedBytes: z.int().describe('Of request bodies, in the last seven days'),
  idleDays: z.int().describe('Whole days since a member or key was last at work, or since the tenant began'),
}
/** What health is judged by: requests, sign-ins and data processed are activity, quota violations are errors. */
export const TenantActivity = z.object(activity).meta({ id: 'TenantActivity' })
export type TenantActivity = z.output<typeof TenantActivity>

export async function readActivity(scope: TenantScope): Promise<TenantActivity> {
  const found = await scope.first(
    sql<TenantActivity>`
    with t as (select slot, requests, server_errors + quota_refusals as errors, sign_ins, received_bytes, tenantry.clock() as now
                 from tenantry.traffic where slot > tenantry.clock() - interval '14 days'),
    sums as (
      select coalesce(sum(requests) filter (where slot > now - interval '1 hour'), 0)::bigint as requests_last_hour,
             coalesce(sum(errors) filter (where slot > now - interval '1 hour'), 0)::bigint as errors_last_hour,
             coalesce(sum(requests) filter (where slot > now - interval '7 days'), 0)::bigint as requests,
             coalesce(sum(requests) filter (where slot <= now - interval '7 days'), 0)::bigint as requests_before,
             coalesce(sum(sign_ins) filter (where slot > now - interval '7 days'), 0)::bigint as sign_ins,
             coalesce(sum(received_bytes) filter (where slot > now - interval '7 days'), 0)::bigint as received_bytes
        from t),
    last as (
      select greatest((select max(slot) from t), (select max(last_active_at) from tenantry.members),
                      (select max(last_used_at) from tenantry.api_keys), (select max(created_at) from tenantry.tenants)) as at)
    select sums.*, greatest(0, extract(day from tenantry.clock() - last.at))::int as idle_days from sums, last`,
    { lane: 'slow' },
  )
  return found ?? none
}

/** Of a tenant that is being erased. */
const none: TenantActivity = {
  requestsLastHour: 0,
  errorsLastHour: 0,
  requests: 0,
  requestsBefore: 0,
  signIns: 0,
  receivedBytes: 0,
  idleDays: 0,
}
