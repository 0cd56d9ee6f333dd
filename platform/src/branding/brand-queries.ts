import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Brand } from './brand-schema.ts'

/** What lies there of a tenant's brand; each brand is data like any other. */
export interface BrandRow {
  readonly name: string
  readonly locale: string
  readonly published: unknown
  /** Of what is published; 0 while nothing ever was. */
  readonly number: number
  readonly draft: unknown
  /** Of the draft; 0 while there never was one. */
  readonly version: number
  readonly changedAt: string | null
}

export function findBrand(scope: TenantScope): Promise<BrandRow | undefined> {
  return scope.first(sql<BrandRow>`
    select t.name, t.locale, t.brand as published, coalesce((select max(v.number) from tenantry.brand_versions v), 0) as number,
           d.content as draft, coalesce(d.version, 0) as version, d.changed_at
      from tenantry.tenants t left join tenantry.brand_drafts d on d.tenant_id = t.id
     where t.id = ${scope.context.tenantId}`)
}

/** Nothing where the draft has another version than the one expected. Null: from then on nothing differs from what is published. */
export function writeDraft(scope: TenantScope, content: Brand | null, version: number): Promise<{ version: number } | undefined> {
  const json = content === null ? null : JSON.stringify(content)
  return scope.first(sql<{ version: number }>`
    insert into tenantry.brand_drafts as d (content)
    select ${json}::jsonb where ${version}::int = 0 or exists (select from tenantry.brand_drafts)
    on conflict (tenant_id) do update set content = excluded.content, version = d.version + 1, changed_at = excluded.changed_at
     where d.version = ${version}::int
    returning version`)
}

export interface VersionRow {
  readonly number: number
  readonly content: unknown
  readonly restores: number | null
  readonly actorKind: 'member' | 'key' | 'operator' | 'system'
  readonly actorId: string | null
  /** Of a member who still belongs to the tenant. */
  readonly actorName: string | null
  readonly at: string
}

const versions = sql`select v.number, v.content, v.restores, v.actor_kind, v.actor_id, m.name as actor_name, v.at
  from tenantry.brand_versions v left join tenantry.members m on v.actor_kind = 'member' and m.id = v.actor_id`

/** The latest first; at most a hundred are kept. */
export function listVersions(scope: TenantScope): Promise<VersionRow[]> {
  return scope.run(sql<VersionRow>`${versions} order by v.number desc`)
}

export function findVersionByNumber(scope: TenantScope, number: number): Promise<VersionRow | undefined> {
  return scope.first(sql<VersionRow>`${versions} where v.number = ${number}::int`)
}
