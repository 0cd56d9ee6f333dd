import type { Pool } from 'pg'
import type { GaugeValue } from '../http/gauge.ts'
import type { HealthState } from './health.ts'

/** What operators see of a tenant's health: no figures, and no content. */
export interface HealthListing {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly system: string
  readonly tier: string
  readonly state: HealthState
  readonly since: string
  readonly codes: readonly string[]
}

export interface HealthFilter {
  readonly state?: HealthState | undefined
  readonly system?: string | undefined
}

/** Where a page ended. */
export interface HealthPosition {
  readonly severity: number
  readonly id: string
}

/** The worst first, and of those as bad the youngest tenant. Tenants that nobody has assessed yet are left out. */
export async function listHealth(
  pool: Pool,
  { state, system }: HealthFilter,
  after: HealthPosition | undefined,
  limit: number,
): Promise<(HealthListing & { readonly severity: number })[]> {
  const { rows } = await pool.query<{ row: HealthListing & { readonly severity: number } }>({
    text: `select jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'system', t.system, 'tier', t.tier, 'state', h.state,
                    'since', to_char(h.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'codes', to_jsonb(h.codes),
                    'severity', h.severity) as row
             from tenantry.tenant_health h join tenantry.tenants t on t.id = h.tenant_id
            where t.status = 'active' and ($1::text is null or h.state = $1) and ($2::text is null or t.system = $2)
              and ($3::int is null or (h.severity, h.tenant_id) < ($3::int, $4::uuid))
            order by h.severity desc, h.tenant_id desc limit $5`,
    values: [state ?? null, system ?? null, after?.severity ?? null, after?.id ?? null, limit],
  })
  return rows.map(({ row }) => row)
}

/** How many active tenants are in each state. */
export async function countByHealth(pool: Pool): Promise<GaugeValue[]> {
  const { rows } = await pool.query<{ health: string; tenants: number }>(
    `select coalesce(h.state, 'unassessed') as health, count(*)::int as tenants
       from tenantry.tenants t left join tenantry.tenant_health h on h.tenant_id = t.id where t.status = 'active' group by 1`,
  )
  return rows.map(({ health, tenants }) => ({ labels: { health }, value: tenants }))
}
