import type { KeyEntry, OperatorKeyEntry, TenantEntry } from './entries.ts'

/** Asks the database as the directory role. The name is for preparing, where the way to PostgreSQL allows it. */
export type Ask = <Row extends object>(name: string, text: string, values: readonly unknown[]) => Promise<Row[]>

/** Where a host leads: kept apart from the tenant, because several hosts lead to one. */
export interface HostEntry {
  readonly id: string
  readonly tenantId: string
}

type TenantRow = Omit<TenantEntry, 'features' | 'limits' | 'suspension' | 'entitledUntil' | 'parentId'> & {
  readonly suspension: TenantEntry['suspension'] | null
  readonly entitledUntil: number | null
  readonly parentId: string | null
  readonly features: readonly string[]
  readonly limits: Readonly<Record<string, number | null>>
}

export async function loadTenant(ask: Ask, column: 'id' | 'slug', value: string): Promise<TenantEntry | undefined> {
  const [row] = await ask<TenantRow>(`tenant by ${column}`, tenantBy[column], [value])
  return row && tenantOf(row)
}

const tenantColumns = `
  select t.id, t.slug, t.name, t.realm_id as "realmId", t.system, t.tier, t.status, t.suspension,
         t.parent_id as "parentId", e.features, e.until as "entitledUntil",
         (select coalesce(jsonb_object_agg(l.name, tenantry.max_now(l.tenant_id, l.name, l.max, l.until)), '{}')
            from tenantry.limits l where l.tenant_id = t.id) as limits,
         coalesce((select a.ranges from tenantry.address_lists a where a.tenant_id = t.id), '{}') as "allowedAddresses"
    from tenantry.tenants t
    cross join lateral (
      select coalesce(array_agg(e.name) filter (where e.kind = 'feature' and e.value = 'true'), '{}') as features,
             (extract(epoch from min(e.until)) * 1000)::float8 as until
        from tenantry.entitlements(t.id, (select tenantry.clock())) e) e`
const tenantBy = {
  id: `${tenantColumns} where t.id = $1::text::uuid`,
  slug: `${tenantColumns} where t.slug = $1`,
} as const

function tenantOf(row: TenantRow): TenantEntry {
  return {
    ...row,
    suspension: row.suspension ?? undefined,
    features: new Set(row.features),
    limits: new Map(Object.entries(row.limits)),
    entitledUntil: row.entitledUntil ?? undefined,
    parentId: row.parentId ?? undefined,
  }
}

export async function loadHost(ask: Ask, host: string): Promise<HostEntry | undefined> {
  const [row] = await ask<HostEntry>('host', 'select id, tenant_id as "tenantId" from tenantry.hosts where host = $1', [host])
  return row
}

type KeyRow = Omit<KeyEntry, 'permissions' | 'expiresAt' | 'requestsPerHour'> & {
  readonly permissions: readonly string[]
  readonly expiresAt: number | null
  readonly requestsPerHour: number | null
}

/** Revoked keys are not found: nobody may tell them from keys that never were. */
export async function loadKey(ask: Ask, publicId: string): Promise<KeyEntry | undefined> {
  const [row] = await ask<KeyRow>(
    'key',
    `select id, tenant_id as "tenantId", public_id as "publicId", hash, name, permissions, reach,
                  (extract(epoch from expires_at) * 1000)::float8 as "expiresAt",
                  requests_per_hour as "requestsPerHour", allowed_addresses as "allowedAddresses"
             from tenantry.api_keys where public_id = $1 and revoked_at is null`,
    [publicId],
  )
  if (row === undefined) return undefined
  const { permissions, expiresAt, requestsPerHour } = row
  return {
    ...row,
    permissions: new Set(permissions),
    expiresAt: expiresAt ?? undefined,
    requestsPerHour: requestsPerHour ?? undefined,
  }
}

export async function loadOperatorKey(ask: Ask, publicId: string): Promise<OperatorKeyEntry | undefined> {
  const [row] = await ask<OperatorKeyEntry>(
    'operator key',
    `select k.id, k.operator_id as "operatorId", o.name as "operatorName", k.public_id as "publicId", k.hash,
                  (extract(epoch from k.expires_at) * 1000)::float8 as "expiresAt"
             from tenantry.operator_keys k join tenantry.operators o on o.id = k.operator_id
            where k.public_id = $1 and k.revoked_at is null and o.disabled_at is null`,
    [publicId],
  )
  return row
}
