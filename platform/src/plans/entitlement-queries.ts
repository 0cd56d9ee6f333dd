import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { PlanValue } from '../system.ts'
import type { EntitlementKind, Override, RuleName } from './entitlement.ts'
import type { PublishedLimit } from './plan.ts'

export interface ResolvedRow {
  readonly kind: EntitlementKind
  readonly name: string
  readonly value: PlanValue | PublishedLimit
  readonly decidedBy: RuleName
}

/** As the tenant is entitled now, or as it would be with a version of another plan. */
export function resolved(tenantId: string, plan?: { readonly key: string; readonly version: number }): SqlFragment<ResolvedRow> {
  return sql<ResolvedRow>`select kind, name, value, decided_by
    from tenantry.entitlements(${tenantId}::uuid, (select tenantry.clock()), ${plan?.key ?? null}::text, ${plan?.version ?? null}::integer)
   order by kind, name`
}

export interface RuleRow {
  readonly kind: EntitlementKind
  readonly rule: RuleName
  readonly source: string | null
  readonly version: number | null
  readonly given: PlanValue | { readonly max: number | null }
  readonly reason: string | null
  readonly until: string | null
}

export function rulesOf(tenantId: string, name: string): SqlFragment<RuleRow> {
  return sql<RuleRow>`select r.kind, r.rule, r.source, r.version, r.given, o.reason, r.until
    from tenantry.entitlement_rules(${tenantId}::uuid, (select tenantry.clock())) r
    left join tenantry.overrides o on r.rule = 'override' and o.kind = r.kind and o.name = r.name
   where r.name = ${name} order by r.strength desc, r.source`
}

export interface HeldRow {
  readonly plan: string
  readonly version: number
  readonly system: string
  readonly title: string | null
}

export function heldPlan(tenantId: string): SqlFragment<HeldRow> {
  return sql<HeldRow>`select t.tier as plan, t.plan_version as version, t.system, p.content ->> 'title' as title
    from tenantry.tenants t
    left join tenantry.plans p on p.system = t.system and p.kind = 'plan' and p.key = t.tier and p.version = t.plan_version
   where t.id = ${tenantId}`
}

export interface HeldAddOn {
  readonly key: string
  readonly version: number
  /** RFC 3339; null for as long as nobody ends it. */
  readonly until: string | null
}

export const heldAddOns = sql<HeldAddOn>`select key, version, until from tenantry.held_add_ons
  where until is null or until > (select tenantry.clock()) order by key`

export function holdAddOn({ key, version, until }: HeldAddOn): SqlFragment<HeldAddOn> {
  return sql<HeldAddOn>`insert into tenantry.held_add_ons as held (key, version, until) values (${key}, ${version}, ${until}::timestamptz)
    on conflict (tenant_id, key) do update
      set until = excluded.until,
          version = case when held.until <= (select tenantry.clock()) then excluded.version else held.version end,
          since = case when held.until <= (select tenantry.clock()) then excluded.since else held.since end
    returning key, version, until`
}

export function endAddOn(key: string): SqlFragment<{ key: string }> {
  return sql<{ key: string }>`delete from tenantry.held_add_ons where key = ${key} returning key`
}

/** Over ones stay in the audit alone. */
export const overridesInForce = sql<Override>`
  select kind, name, case when kind = 'limit' then given -> 'max' else given end as value, reason, expires_at
    from tenantry.overrides where expires_at is null or expires_at > (select tenantry.clock()) order by kind, name`

export function putOverride({ kind, name, value, reason, expiresAt }: Override): SqlFragment<Override> {
  const given = JSON.stringify(kind === 'limit' ? { max: value } : value)
  return sql<Override>`insert into tenantry.overrides (kind, name, given, reason, expires_at)
    values (${kind}, ${name}, ${given}::jsonb, ${reason}, ${expiresAt}::timestamptz)
    on conflict (tenant_id, kind, name) do update
      set given = excluded.given, reason = excluded.reason, expires_at = excluded.expires_at, created_at = excluded.created_at
    returning kind, name, case when kind = 'limit' then given -> 'max' else given end as value, reason, expires_at`
}

export function dropOverride(kind: EntitlementKind, name: string): SqlFragment<{ name: string }> {
  return sql<{ name: string }>`delete from tenantry.overrides where kind = ${kind} and name = ${name} returning name`
}

export const countersUsed = sql<{ name: string; used: number }>`select name, used from tenantry.counters`
