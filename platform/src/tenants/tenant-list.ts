import type { Pool } from 'pg'
import type { TenantStatus } from '../directory/entries.ts'
import type { HealthState } from '../tenant-health/health.ts'
import type { FullestQuota } from './fullest-quota.ts'
import type { TenantSort } from './schemas.ts'

/** What a list of tenants shows: no content, only what the directory role may read. */
export interface TenantListing {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly system: string
  readonly tier: string
  readonly status: TenantStatus
  readonly suspension: 'read_only' | 'blocked' | null
  /** Of active tenants; null while nobody has looked. */
  readonly health: HealthState | null
  /** RFC 3339. */
  readonly createdAt: string
}

export interface TenantFilter {
  readonly status?: TenantStatus | undefined
  readonly tier?: string | undefined
  readonly system?: string | undefined
  /** Of active tenants. */
  readonly health?: HealthState | undefined
  /** Part of the slug or the name. */
  readonly search?: string | undefined
  /** Slug of the tenant directly above. */
  readonly parent?: string | undefined
}

/** Where a page ended: the value of its sort, and the id. */
export interface ListPosition {
  readonly value: string
  readonly id: string
}

export interface ListPage {
  /** Default: in the order of creation. */
  readonly sort?: TenantSort | undefined
  readonly after?: ListPosition | undefined
  readonly limit: number
}

/** After a tenant in the order of creation. */
export function afterId(id: string | undefined): ListPosition | undefined {
  return id === undefined ? undefined : { value: '', id }
}

/** What each sort compares, as text whose order by byte is the order meant. Times of creation are the order of ids. */
const sortKeys = {
  created: `''`,
  name: 'lower(t.name)',
  slug: 't.slug',
  health: `coalesce(${healthNow('severity')}::text, '')`,
} as const

/** One page of the list, with the value that each row was sorted by. */
export async function listTenants(
  pool: Pool,
  filter: TenantFilter,
  { sort = 'created', after, limit }: ListPage,
): Promise<(TenantListing & { readonly sortedBy: string })[]> {
  const descending = sort.startsWith('-')
  const key = `(${sortKeys[sort.replace('-', '') as keyof typeof sortKeys]}) collate "C"`
  const direction = descending ? 'desc' : 'asc'
  const beyond = after === undefined ? '' : `and (${key}, t.id) ${descending ? '<' : '>'} ($9::text, $10::uuid)`
  const { rows } = await pool.query<{ row: TenantListing & { readonly sortedBy: string } }>({
    text: `select json_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'system', t.system, 'tier', t.tier, 'status', t.status,
                    'suspension', t.suspension, 'health', ${healthNow('state')},
                    'createdAt', to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'sortedBy', ${key}) as row
             from ${withHealth} where ${wanted} ${beyond} order by ${key} ${direction}, t.id ${direction} limit $8`,
    values: [...wantedValues(filter), null, limit, ...(after === undefined ? [] : [after.value, after.id])],
  })
  return rows.map(({ row }) => row)
}

/** All that match, for what is done to every one of them; the count of a list is the length of it. */
export async function idsOfTenants(pool: Pool, filter: TenantFilter, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    text: `select t.id from ${withHealth} where ${wanted} order by t.id limit $8`,
    values: [...wantedValues(filter), null, limit],
  })
  return rows.map(({ id }) => id)
}

export async function countTenants(pool: Pool, filter: TenantFilter): Promise<number> {
  const { rows } = await pool.query<{ tenants: number }>({
    text: `select count(*)::int as tenants from ${withHealth} where ${wanted}`,
    values: [...wantedValues(filter), null],
  })
  return rows[0]?.tenants ?? 0
}

/** Those of the ids that are tenants. */
export async function knownTenants(pool: Pool, ids: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select id from tenantry.tenants where id = any($1::uuid[])', [ids])
  return rows.map(({ id }) => id)
}

const withHealth = 'tenantry.tenants t left join tenantry.tenant_health h on h.tenant_id = t.id'

/** How a tenant fared before it was suspended says nothing now. */
function healthNow(column: 'state' | 'severity'): string {
  return `case when t.status = 'active' then h.${column} end`
}

const wanted = `
  ($1::text is null or t.status = $1) and ($2::text is null or t.tier = $2) and ($3::text is null or t.system = $3)
  and ($4::text is null or position($4 in t.slug) > 0 or position($4 in lower(t.name)) > 0)
  and ($5::text is null or ${healthNow('state')} = $5)
  and ($6::text is null or t.parent_id = (select p.id from tenantry.tenants p where p.slug = $6)) and ($7::uuid is null or t.id > $7)`

/** Of `wanted`, but for its last: the id to begin after. */
function wantedValues({ status, tier, system, search, health, parent }: TenantFilter) {
  return [status ?? null, tier ?? null, system ?? null, search?.toLowerCase() ?? null, health ?? null, parent ?? null]
}

/** Slugs with the same skeleton: the query says in SQL what `skeletonOf` says. */
export async function slugsLike(pool: Pool, skeleton: string): Promise<string[]> {
  const { rows } = await pool.query<{ slug: string }>({
    text: `select slug from tenantry.tenants
            where replace(replace(replace(translate(slug, '01i345789-', 'olleastbg'), 'rn', 'm'), 'vv', 'w'), 'cl', 'd') = $1`,
    values: [skeleton],
  })
  return rows.map((row) => row.slug)
}

/** Numbers of one tenant: all that operators see of its content. */
export interface TenantSummary {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly system: string
  readonly tier: string
  readonly status: TenantStatus
  /** The domain of its own that links lead to; null where that is its subdomain. */
  readonly domain: string | null
  readonly numbers: Readonly<Record<string, number>>
  /** Null where nothing is limited, and while nobody has counted. */
  readonly fullest: FullestQuota | null
  /** RFC 3339; null while nobody has counted. */
  readonly refreshedAt: string | null
}

/** Tenants with their numbers as they were last counted; `isStale` once that is a quarter of an hour ago, or yesterday. */
export async function listSummaries(
  pool: Pool,
  filter: TenantFilter & { readonly ids?: readonly string[] | undefined },
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<(TenantSummary & { readonly isStale: boolean })[]> {
  const { rows } = await pool.query<{ row: TenantSummary & { readonly isStale: boolean } }>({
    text: `select jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'system', t.system, 'tier', t.tier, 'status', t.status,
                    'domain', (select o.host from tenantry.hosts o where o.tenant_id = t.id and o.kind = 'custom' and o.is_primary),
                    'numbers', coalesce(s.numbers, '{}'), 'fullest', s.fullest, 'refreshedAt', to_char(s.refreshed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                    'isStale', s.refreshed_at is null or s.refreshed_at < greatest(
                      tenantry.clock() - interval '15 minutes', date_trunc('day', tenantry.clock(), 'UTC'))) as row
             from ${withHealth} left join tenantry.summaries s on s.tenant_id = t.id
            where ${wanted} and ($9::uuid[] is null or t.id = any($9)) order by t.id limit $8`,
    values: [...wantedValues(filter), page.after ?? null, page.limit, filter.ids ?? null],
  })
  return rows.map(({ row }) => row)
}
