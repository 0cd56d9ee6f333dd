import type { Directory } from '../directory/directory.ts'
import { sql } from '../isolation/statement.ts'
import type { Actor, ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { SystemDefinition } from '../system.ts'
import type { UsageService } from '../usage/usage.ts'
import { readActivity } from './activity.ts'
import { errorHealth, idleHealth, trendHealth } from './activity-health.ts'
import { billingHealth } from './billing-health.ts'
import { deliveryHealth } from './delivery-health.ts'
import { forecastHealth } from './forecast-health.ts'
import type { HealthContributor } from './health.ts'
import { type AssessedHealth, findHealth, keepHealth } from './health-queries.ts'
import { type HealthFilter, type HealthListing, type HealthPosition, listHealth } from './operator-queries.ts'
import { quotaHealth } from './quota-health.ts'

export interface TenantHealthService {
  /** As it was assessed last, five minutes ago at most while the tenant is active; a tenant that is new is assessed first. */
  of(scope: TenantScope): Promise<AssessedHealth>
  /** Assesses the scope's tenant now. Emits `health.critical` when it has become so. */
  assess(scope: TenantScope): Promise<void>
  /** Active tenants, the worst first. */
  list(
    filter: HealthFilter,
    after: HealthPosition | undefined,
    limit: number,
  ): Promise<(HealthListing & { readonly severity: number })[]>
}

declare module '../http/route.ts' {
  interface Services {
    readonly tenantHealth: TenantHealthService
  }
}

/** Who assesses a tenant that was asked about before its first turn, in the audit's words. */
const assessor: Actor = { kind: 'system', id: '00000000-0000-7000-8000-6865616c7468' }

const ofPlatform = [quotaHealth, errorHealth, trendHealth, idleHealth, deliveryHealth, billingHealth]

export interface TenantHealthOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Pick<Directory, 'pool' | 'tenantById'>
  readonly systems: readonly SystemDefinition[]
  readonly usage: Pick<UsageService, 'forecast'>
}

export function createTenantHealth({ scope: open, directory, systems, usage }: TenantHealthOptions): TenantHealthService {
  const ofEveryTenant = [...ofPlatform, forecastHealth(usage)]

  async function contributorsFor(tenantId: string): Promise<readonly HealthContributor[]> {
    const tenant = await directory.tenantById(tenantId)
    return [...ofEveryTenant, ...(systems.find(({ name }) => name === tenant?.system)?.health ?? [])]
  }

  async function assess(scope: TenantScope): Promise<void> {
    const activity = await readActivity(scope)
    const contributors = await contributorsFor(scope.context.tenantId)
    const found = await Promise.all(contributors.map((each) => each.assess(scope, activity)))
    await keepHealth(scope, found.flat(), activity)
  }

  return {
    assess,
    list: (filter, after, limit) => listHealth(directory.pool, filter, after, limit),
    async of(scope) {
      const known = await findHealth(scope)
      if (known !== undefined) return known
      // By nobody who asks: a limited actor would judge the tenant by a part of it.
      await assess(open({ tenantId: scope.context.tenantId, actor: assessor }))
      return (await findHealth(scope)) as AssessedHealth
    },
  }
}

/** Kind of the recurring work, one object per tenant: itself. */
export const assessment = 'health.assess'

/** Something has happened that may have made the tenant ill or well: it is looked at within seconds. */
export async function assessSoon(scope: TenantScope): Promise<void> {
  await scope.run(sql`select tenantry.schedule(${assessment}, ${scope.context.tenantId}::uuid, tenantry.clock())`, {
    lane: 'write',
  })
}
