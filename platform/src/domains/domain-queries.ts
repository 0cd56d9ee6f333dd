import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Domain, Finding } from './domain.ts'

export const checkKind = 'domains.check'

/** A domain as it lies there; what to put into DNS is told by who knows the tenant's address. */
export interface DomainRow extends Omit<Domain, 'records'> {
  readonly proof: string
  readonly failures: number
  /** Seconds since it was claimed. */
  readonly age: number
}

const columns = sql`d.id, d.host, d.state, d.finding, coalesce(h.is_primary, false) as primary, d.proof, d.failures,
  extract(epoch from tenantry.clock() - d.created_at)::int as age, d.checked_at, d.served_at, d.version, d.created_at`
const from = sql`tenantry.domains d left join tenantry.hosts h on h.id = d.id`

/** Nothing where the tenant has it already, or has as many as it may have. Its first look is due at once. */
export async function insertDomain(scope: TenantScope, host: string, proof: string, most: number): Promise<string | undefined> {
  const made = await scope.first(sql<{ id: string }>`
    with made as (
      insert into tenantry.domains (host, proof)
      select ${host}, ${proof} where (select count(*) from tenantry.domains) < ${most}::int
      on conflict (tenant_id, host) do nothing returning id)
    select id, tenantry.schedule(${checkKind}, id, tenantry.clock()) as scheduled from made`)
  return made?.id
}

export function findDomain(scope: TenantScope, id: string): Promise<DomainRow | undefined> {
  return scope.first(sql<DomainRow>`select ${columns} from ${from} where d.id = ${id}::uuid`)
}

/** In the order of their claims. */
export function listDomains(scope: TenantScope): Promise<DomainRow[]> {
  return scope.run(sql<DomainRow>`select ${columns} from ${from} order by d.created_at, d.id`)
}

/** What was found wrong: counted, unless nothing can be concluded from it. */
export function noteFinding(scope: TenantScope, id: string, finding: Finding, failures: number): Promise<unknown> {
  return scope.run(sql`update tenantry.domains set finding = ${finding}, failures = ${failures}::int, checked_at = tenantry.clock()
    where id = ${id}::uuid`)
}

/**
 * From now on requests to the host are the tenant's, and whoever waits for that is told.
 *
 * @throws conflict where another tenant is served under it, host_resting where another gave it up lately
 */
export function serve(scope: TenantScope, { id, host }: { readonly id: string; readonly host: string }): Promise<unknown> {
  return scope.run(sql`
    with served as (insert into tenantry.hosts (id, host, kind) select id, host, 'custom' from tenantry.domains where id = ${id}::uuid
                    returning id),
         noted as (update tenantry.domains set state = 'served', finding = null, failures = 0, checked_at = tenantry.clock(),
                          served_at = tenantry.clock(), version = version + 1 where id in (select id from served) returning id)
    ${told('platform.domain.served', host)}`)
}

/** Served as before. */
export function noteServed(scope: TenantScope, id: string): Promise<unknown> {
  return scope.run(
    sql`update tenantry.domains set finding = null, failures = 0, checked_at = tenantry.clock() where id = ${id}::uuid`,
  )
}

/** From now on nobody is served under the host. */
export function lose(
  scope: TenantScope,
  { id, host }: { readonly id: string; readonly host: string },
  finding: Finding,
): Promise<unknown> {
  return scope.run(sql`
    with gone as (delete from tenantry.hosts where id = ${id}::uuid returning id),
         noted as (update tenantry.domains set state = 'lost', finding = ${finding}, failures = 0, checked_at = tenantry.clock(),
                          version = version + 1 where id = ${id}::uuid returning id)
    ${told('platform.domain.lost', host)}`)
}

/** Nothing where there is none. */
export function deleteDomain(scope: TenantScope, id: string): Promise<{ id: string } | undefined> {
  return scope.first(sql<{ id: string }>`
    with gone as (delete from tenantry.hosts where id = ${id}::uuid)
    delete from tenantry.domains where id = ${id}::uuid returning id`)
}

/** Makes it the one that links are built from, or none. Answers whether the domain is served. */
export async function setPrimary(scope: TenantScope, id: string, primary: boolean): Promise<boolean> {
  const [, changed] = await scope.batch(
    [
      sql`update tenantry.hosts set is_primary = false where is_primary and (id = ${id}::uuid or ${primary}::boolean)`,
      sql<{ id: string }>`update tenantry.hosts set is_primary = ${primary}::boolean where id = ${id}::uuid returning id`,
    ],
    { lane: 'write' },
  )
  return changed.length > 0
}

/** Looks at it anew soon. */
export function hurry(scope: TenantScope, id: string): Promise<unknown> {
  return scope.run(sql`select tenantry.schedule(${checkKind}, ${id}::uuid, tenantry.clock())`, { lane: 'write' })
}

/** The host that links are built from; undefined for the subdomain. */
export async function primaryHost(scope: TenantScope): Promise<string | undefined> {
  const row = await scope.first(sql<{ host: string }>`select host from tenantry.hosts where is_primary and kind = 'custom'`)
  return row?.host
}

function told(type: string, host: string): SqlFragment {
  return sql`select id from noted where tenantry.emit(${type}, id, jsonb_build_object('host', ${host}::text))::text is not null`
}
