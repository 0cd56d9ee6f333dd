import type { TenantEntry } from '../directory/entries.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { PlanService } from '../plans/plans.ts'

/** A counted limit and how far it is used. Null is unlimited. */
export interface LimitUse {
  readonly name: string
  readonly max: number | null
  readonly used: number
  readonly available: number | null
  /** 0 and up; above 100 when a limit was lowered below what is there. Null for unlimited. */
  readonly percentage: number | null
}

/**
 * A limit as this node knows it, a second old at most: plan, add-ons and overrides are resolved in it. Null is unlimited.
 * An unknown name is an error of ours, and errors do not open doors: it resolves to zero.
 */
export function limitOf(tenant: TenantEntry, name: string): number | null {
  const max = tenant.limits.get(name)
  return max === undefined ? 0 : max
}

export interface LimitService {
  list(scope: TenantScope): Promise<LimitUse[]>
  /** Agrees a limit with one tenant, without an end. @throws not_found for a limit that no plan of its system knows */
  set(scope: TenantScope, name: string, max: number | null): Promise<LimitUse>
}

declare module '../http/route.ts' {
  interface Services {
    readonly limits: LimitService
  }
}

export function createLimitService({ plans }: { readonly plans: Pick<PlanService, 'override'> }): LimitService {
  return {
    list: usesOfLimits,

    async set(scope, name, max) {
      await plans.override(scope, { kind: 'limit', name, value: max, reason: 'Agreed with the tenant', expiresAt: null })
      const use = (await usesOfLimits(scope)).find((candidate) => candidate.name === name)
      if (use === undefined) throw new Error(`the limit ${name} was agreed and is not there`)
      return use
    },
  }
}

/** Every limit of the scope's tenant. */
export async function usesOfLimits(scope: TenantScope): Promise<LimitUse[]> {
  return (await scope.run(usesOf)).map(useOf)
}

const usesOf = sql<{ name: string; max: number | null; used: number }>`
  select l.name, tenantry.max_now(l.tenant_id, l.name, l.max, l.until) as max, coalesce(c.used, 0) as used
    from tenantry.limits l left join tenantry.counters c on c.tenant_id = l.tenant_id and c.name = l.name
   order by l.name`

function useOf({ name, max, used }: { name: string; max: number | null; used: number }): LimitUse {
  if (max === null) return { name, max, used, available: null, percentage: null }
  const percentage = max === 0 ? (used > 0 ? 100 : 0) : Math.round((used / max) * 1000) / 10
  return { name, max, used, available: Math.max(0, max - used), percentage }
}
