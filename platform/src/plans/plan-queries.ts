import type { Pool } from 'pg'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { DeclaredOffer } from './declared-plans.ts'
import type { AddOnVersion, Offer, PlanVersion } from './plan.ts'

const columns = `system, kind, key, version, content, to_char(published_at at time zone 'UTC', ${rfc3339()}) as "publishedAt",
  to_char(sold_at at time zone 'UTC', ${rfc3339()}) as "soldAt"`

function rfc3339(): string {
  return `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`
}

/**
 * What code declares becomes a new version unless it was published before: a restart publishes nothing, an older server beside a
 * newer one does not bring its plans back, and what operators published since stays the newest.
 * Tenants from before there were versions count as buyers of the first.
 */
export async function publishDeclared(pool: Pool, { system, kind, key, content }: DeclaredOffer): Promise<void> {
  await pool.query(
    `insert into tenantry.plans (system, kind, key, version, content, sold_at)
     select $1::text, $2::text, $3::text, coalesce(max(p.version), 0) + 1, $4::jsonb,
            case when max(p.version) is null and $2 = 'plan'
                  and exists (select from tenantry.tenants t where t.system = $1 and t.tier = $3) then tenantry.clock() end
       from tenantry.plans p where p.system = $1 and p.kind = $2 and p.key = $3
     having not coalesce(bool_or(p.content = $4::jsonb), false)
     on conflict do nothing`,
    [system, kind, key, JSON.stringify(content)],
  )
}

/** Names that tables of the system or of the platform count, row by row. */
export async function namesOfCounters(pool: Pool, system: string): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ name: string }>(
    `select distinct e.options ->> 'counts' as name from tenantry.enrolment e
       join pg_class c on c.oid = e.relation join pg_namespace n on n.oid = c.relnamespace
      where e.options ->> 'counts' is not null and n.nspname in ($1, 'tenantry')`,
    [system],
  )
  return new Set(rows.map(({ name }) => name))
}

/** The next version, whatever was published before; undefined when somebody else published one at this moment. */
export async function publishNext(
  pool: Pool,
  offer: DeclaredOffer,
  operatorId: string | null,
): Promise<PlanVersion | AddOnVersion | undefined> {
  const { rows } = await pool.query<PlanVersion | AddOnVersion>(
    `insert into tenantry.plans (system, kind, key, version, content, published_by)
     select $1::text, $2::text, $3::text, coalesce(max(p.version), 0) + 1, $4::jsonb, $5::uuid
       from tenantry.plans p where p.system = $1 and p.kind = $2 and p.key = $3
     on conflict do nothing returning ${columns}`,
    [offer.system, offer.kind, offer.key, JSON.stringify(offer.content), operatorId],
  )
  return rows[0]
}

/** The newest version of each plan and add-on. */
export async function newestVersions(pool: Pool, system: string): Promise<(PlanVersion | AddOnVersion)[]> {
  const { rows } = await pool.query<PlanVersion | AddOnVersion>(
    `select distinct on (kind, key) ${columns} from tenantry.plans where system = $1 order by kind, key, version desc`,
    [system],
  )
  return rows
}

/** Every version, the newest first; at most 1,000. */
export async function allVersions(pool: Pool, system: string): Promise<(PlanVersion | AddOnVersion)[]> {
  const { rows } = await pool.query<PlanVersion | AddOnVersion>(
    `select ${columns} from tenantry.plans where system = $1 order by kind desc, key, version desc limit 1000`,
    [system],
  )
  return rows
}

export async function findVersion(
  pool: Pool,
  wanted: { readonly system: string; readonly kind: Offer; readonly key: string; readonly version?: number | undefined },
): Promise<PlanVersion | AddOnVersion | undefined> {
  const { rows } = await pool.query<PlanVersion | AddOnVersion>(
    `select ${columns} from tenantry.plans
      where system = $1 and kind = $2 and key = $3 and version = coalesce($4::integer, version) order by version desc limit 1`,
    [wanted.system, wanted.kind, wanted.key, wanted.version ?? null],
  )
  return rows[0]
}

export interface HeldPlan {
  readonly plan: string
  readonly version: number
}

/**
 * Moves the scope's tenant to a version of a plan, and tells it if that changes anything. Nothing where its system has no such version.
 * What follows from it is written by `refreshEntitlements` of plans.ts, in the same transaction.
 */
export function moveToPlan(tenantId: string, plan: string, version: number): SqlFragment<HeldPlan> {
  return sql<HeldPlan>`
    with before as (select t.id, t.tier, t.plan_version from tenantry.tenants t where t.id = ${tenantId} for no key update),
    moved as (
      update tenantry.tenants t set tier = p.key, plan_version = p.version, version = t.version + 1, updated_at = tenantry.clock()
        from tenantry.plans p, before b
       where t.id = b.id and p.system = t.system and p.kind = 'plan' and p.key = ${plan} and p.version = ${version}
         and (b.tier, b.plan_version) is distinct from (p.key, p.version)
      returning t.id, t.tier, t.plan_version)
    select m.tier as plan, m.plan_version as version from moved m, before b
     where tenantry.emit('platform.plan.changed', m.id, jsonb_build_object('plan', m.tier, 'version', m.plan_version,
             'before', jsonb_build_object('plan', b.tier, 'version', b.plan_version)))::text is not null`
}
