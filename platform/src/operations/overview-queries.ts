import type { Pool } from 'pg'
import type { TenantStatus } from '../directory/entries.ts'

/** Exact at this moment: all of it is in what the directory role may read. */
export interface Census {
  readonly tenants: Readonly<Partial<Record<TenantStatus, number>>>
  readonly health: Readonly<Record<'healthy' | 'warning' | 'critical' | 'unassessed', number>>
  readonly memberships: number
  readonly people: number
  readonly domains: number
}

const living = `t.status in ('active', 'suspended')`

export async function takeCensus(pool: Pool): Promise<Census> {
  const { rows } = await pool.query<{ census: Census }>(
    `select jsonb_build_object(
       'tenants', (select coalesce(jsonb_object_agg(status, n), '{}') from
          (select status, count(*) as n from tenantry.tenants group by status) s),
       'health', (select jsonb_build_object(
            'healthy', count(*) filter (where h.state = 'healthy'), 'warning', count(*) filter (where h.state = 'warning'),
            'critical', count(*) filter (where h.state = 'critical'), 'unassessed', count(*) filter (where h.state is null))
          from tenantry.tenants t left join tenantry.tenant_health h on h.tenant_id = t.id where t.status = 'active'),
       'memberships', count(*), 'people', count(distinct m.user_id),
       'domains', (select count(*) from tenantry.hosts h join tenantry.tenants t on t.id = h.tenant_id
                    where h.kind = 'custom' and ${living})) as census
       from tenantry.members m join tenantry.tenants t on t.id = m.tenant_id where ${living}`,
  )
  return rows[0]?.census as Census
}

/** Sums of what the tenants' own rows were counted to, by system. */
export interface SummedNumbers {
  readonly system: string
  readonly tenants: number
  readonly numbers: Readonly<Record<string, number>>
}

export interface Summed {
  readonly systems: readonly SummedNumbers[]
  /** The oldest count among them, RFC 3339; null while there is none. */
  readonly countedAt: string | null
  /** Tenants that nobody has counted yet. */
  readonly uncounted: number
}

export async function sumNumbers(pool: Pool): Promise<Summed> {
  const { rows } = await pool.query<{ summed: Summed }>(
    `with counted as (
       select t.system, s.numbers, s.refreshed_at from tenantry.tenants t left join tenantry.summaries s on s.tenant_id = t.id
        where ${living}
     ), figures as (
       select c.system, f.key, sum(f.value::numeric) as total from counted c cross join lateral jsonb_each_text(c.numbers) f
        group by c.system, f.key
     )
     select jsonb_build_object(
       'systems', (select coalesce(jsonb_agg(jsonb_build_object('system', s.system, 'tenants', s.tenants, 'numbers',
            (select coalesce(jsonb_object_agg(f.key, f.total), '{}') from figures f where f.system = s.system)) order by s.system), '[]')
          from (select system, count(*) as tenants from counted group by system) s),
       'countedAt', to_char(min(refreshed_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       'uncounted', count(*) filter (where refreshed_at is null)) as summed
       from counted`,
  )
  return rows[0]?.summed as Summed
}

/**
 * Tenants whose numbers are older than that, the oldest first. A count of yesterday is old at midnight: who was active then was
 * not active today.
 */
export async function staleTenants(pool: Pool, olderThanSeconds: number, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select t.id from tenantry.tenants t left join tenantry.summaries s on s.tenant_id = t.id
      where ${living} and (s.refreshed_at is null or s.refreshed_at < greatest(
          tenantry.clock() - make_interval(secs => $1), date_trunc('day', tenantry.clock(), 'UTC')))
      order by s.refreshed_at nulls first, t.id limit $2`,
    [olderThanSeconds, limit],
  )
  return rows.map(({ id }) => id)
}
