import type { Brand } from '../branding/brand-schema.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { SuspensionMode, Transition } from './lifecycle.ts'
import type { NewTenant, OperatorTenantChanges, Tenant } from './tenant.ts'

const columns = sql`id, slug, name, system, tier, status, suspension, status_reason, status_changed_at, legal_hold, legal_hold_reason,
  erase_after, time_zone, locale, billing_email, phone, subscription_id, features, brand, parent_id, version, created_at, updated_at`

export function findTenant(scope: TenantScope): Promise<Tenant | undefined> {
  return scope.first(sql<Tenant>`select ${columns} from tenantry.tenants where id = ${scope.context.tenantId}`)
}

export function insertTenant(
  id: string,
  tenant: NewTenant & { readonly tier: string; readonly planVersion: number; readonly parentId?: string | null },
): SqlFragment<Tenant> {
  return sql<Tenant>`insert into tenantry.tenants
      (id, slug, name, system, tier, plan_version, status, time_zone, locale, billing_email, phone, subscription_id, brand, parent_id)
    values (${id}, ${tenant.slug}, ${tenant.name}, ${tenant.system}, ${tenant.tier}, ${tenant.planVersion}, 'active', ${tenant.timeZone ?? 'UTC'},
      ${tenant.locale ?? 'en-US'}, ${tenant.billingEmail ?? null}, ${tenant.phone ?? null}, ${tenant.subscriptionId ?? null}, ${JSON.stringify(tenant.brand ?? {})}::jsonb,
      ${tenant.parentId ?? null}::uuid)
    returning ${columns}`
}

/** What words do not say stays. */
const picturesOfBrand = sql`coalesce(jsonb_strip_nulls(jsonb_build_object('images', brand -> 'images')), '{}')`

/** With everything looked up that they refer to. */
export type StoredChanges = Omit<OperatorTenantChanges, 'parent'> & {
  readonly wholeBrand?: Brand
  readonly parentId?: string | null
}

/** Nothing when `version` is not the current one. */
export function updateTenant(id: string, changes: Omit<StoredChanges, 'tier'>, version: number | undefined): SqlFragment<Tenant> {
  const sets = [
    ...(changes.name === undefined ? [] : [sql`name = ${changes.name}`]),
    ...(changes.slug === undefined ? [] : [sql`slug = ${changes.slug}`]),
    ...(changes.timeZone === undefined ? [] : [sql`time_zone = ${changes.timeZone}`]),
    ...(changes.locale === undefined ? [] : [sql`locale = ${changes.locale}`]),
    ...(changes.billingEmail === undefined ? [] : [sql`billing_email = ${changes.billingEmail}`]),
    ...(changes.phone === undefined ? [] : [sql`phone = ${changes.phone}`]),
    ...(changes.subscriptionId === undefined ? [] : [sql`subscription_id = ${changes.subscriptionId}`]),
    ...(changes.features === undefined ? [] : [sql`features = ${changes.features}::text[]`]),
    ...(changes.parentId === undefined ? [] : [sql`parent_id = ${changes.parentId}::uuid`]),
    ...(changes.brand === undefined ? [] : [sql`brand = ${JSON.stringify(changes.brand)}::jsonb || ${picturesOfBrand}`]),
    ...(changes.wholeBrand === undefined ? [] : [sql`brand = ${JSON.stringify(changes.wholeBrand)}::jsonb`]),
    sql`version = version + 1`,
    sql`updated_at = tenantry.clock()`,
  ]
  return sql<Tenant>`update tenantry.tenants set ${sql.join(sets)}
    where id = ${id} and version = coalesce(${version ?? null}::int, version) returning ${columns}`
}

/** Nothing when the tenant is not in a state the transition starts from, or is held while it would be deleted. */
export function moveTenant(
  id: string,
  { from, to }: Transition,
  details: { readonly reason: string; readonly suspension?: SuspensionMode | undefined; readonly graceDays?: number | undefined },
): SqlFragment<Tenant> {
  return sql<Tenant>`update tenantry.tenants
       set status = ${to}, suspension = ${details.suspension ?? null}, status_reason = ${details.reason},
           status_changed_at = tenantry.clock(), version = version + 1, updated_at = tenantry.clock(),
           erase_after = tenantry.clock() + make_interval(days => ${details.graceDays ?? null}::int)
     where id = ${id} and status = any(${from}::text[]) and not (legal_hold and ${to}::text = 'deleted')
    returning ${columns}`
}

export function holdTenant(id: string, hold: boolean, reason: string): SqlFragment<Tenant> {
  return sql<Tenant>`update tenantry.tenants
       set legal_hold = ${hold}, legal_hold_reason = ${hold ? reason : null}, version = version + 1, updated_at = tenantry.clock()
     where id = ${id} returning ${columns}`
}

/**
 * A change and its event in one statement: the event is told for the row that was changed, and for none if none was.
 * In the condition, because PostgreSQL may leave out a column or a branch that nobody reads.
 */
export function telling(change: SqlFragment<Tenant>, type: string): SqlFragment<Tenant> {
  return sql<Tenant>`with changed as (${change})
    select * from changed
     where tenantry.emit(${type}, id, jsonb_build_object('slug', slug, 'status', status, 'tier', tier))::text is not null`
}

/** Kind of the work that the maintenance worker does once the grace period is over. */
export const erasure = 'tenant.erase'

export function scheduleErasure(id: string): SqlFragment {
  return sql`select tenantry.schedule(${erasure}, id, erase_after) from tenantry.tenants where id = ${id} and status = 'deleted'`
}
