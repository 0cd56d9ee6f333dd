import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { TrafficCounts } from './traffic-counts.ts'

/** Adds to the running five minutes of the scope's tenant, and outdates what was kept of its traffic. */
export async function addTraffic(scope: TenantScope, counts: TrafficCounts): Promise<void> {
  const add = sql`insert into tenantry.traffic as t (slot, requests, client_errors, server_errors, quota_refusals, sign_ins,
      received_bytes, milliseconds, durations)
    values (date_bin('5 minutes', tenantry.clock(), 'epoch'), ${counts.requests}, ${counts.clientErrors}, ${counts.serverErrors},
      ${counts.quotaRefusals}, ${counts.signIns}, ${counts.receivedBytes}, ${Math.round(counts.milliseconds)}, ${counts.durations}::bigint[])
    on conflict (tenant_id, slot) do update set requests = t.requests + excluded.requests,
      client_errors = t.client_errors + excluded.client_errors, server_errors = t.server_errors + excluded.server_errors,
      quota_refusals = t.quota_refusals + excluded.quota_refusals, sign_ins = t.sign_ins + excluded.sign_ins,
      received_bytes = t.received_bytes + excluded.received_bytes, milliseconds = t.milliseconds + excluded.milliseconds,
      durations = (select array_agg(a + b order by place) from unnest(t.durations, excluded.durations) with ordinality u(a, b, place))`
  await scope.batch([add, sql`select tenantry.outdate(array[${trafficTag}])`], { lane: 'write' })
}

/** Of what is kept in the cache. */
export const trafficTag = 'traffic'

export interface TrafficWindow {
  /** RFC 3339. */
  readonly start: string
  readonly requests: number
  readonly clientErrors: number
  readonly serverErrors: number
  readonly quotaRefusals: number
  readonly signIns: number
  readonly receivedBytes: number
  readonly milliseconds: number
  readonly durations: readonly number[]
}

/** Windows of so many minutes, oldest first, that begin within the last `hours`. Those without a request are left out. */
export function readTraffic(scope: TenantScope, hours: number, minutes: number): Promise<TrafficWindow[]> {
  return scope.run(
    sql<TrafficWindow>`
    with slots as (
      select date_bin(make_interval(mins => ${minutes}::int), slot, 'epoch') as start, t.*
        from tenantry.traffic t
       where slot >= date_bin(make_interval(mins => ${minutes}::int), tenantry.clock() - make_interval(hours => ${hours}::int), 'epoch')
    ), sorted as (
      select start, array_agg(requests order by place) as durations from (
        select start, place, sum(count)::bigint as requests from slots, unnest(durations) with ordinality d(count, place) group by start, place
      ) places group by start
    )
    select start, sum(requests)::bigint as requests, sum(client_errors)::bigint as client_errors,
           sum(server_errors)::bigint as server_errors, sum(quota_refusals)::bigint as quota_refusals, sum(sign_ins)::bigint as sign_ins,
           sum(received_bytes)::bigint as received_bytes, sum(milliseconds)::bigint as milliseconds,
           (select durations from sorted where sorted.start = slots.start) as durations
      from slots group by start order by start`,
    { lane: 'slow' },
  )
}

/** Days that the five minutes are kept: two weeks are compared, and the day that begins. */
const keptDays = 15

export async function pruneTraffic(scope: TenantScope): Promise<void> {
  await scope.run(sql`delete from tenantry.traffic where slot < tenantry.clock() - make_interval(days => ${keptDays})`)
}
