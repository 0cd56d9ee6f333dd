import { z } from 'zod'
import type { CacheService } from '../cache/tenant-cache.ts'
import type { Directory } from '../directory/directory.ts'
import type { Services } from '../http/route.ts'
import { sql } from '../isolation/statement.ts'
import type { Actor, ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { LimitUse } from '../limits/limits.ts'
import { usesOfLimits } from '../limits/limits.ts'
import type { OnboardingStep, SystemDefinition } from '../system.ts'
import { fullestOf } from './fullest-quota.ts'
import { listSummaries, type TenantFilter, type TenantSummary } from './tenant-list.ts'

export interface TenantStats {
  readonly members: number
  readonly openInvitations: number
  /** Keys that work. */
  readonly keys: number
  readonly limits: readonly LimitUse[]
  /** What the tenant's system counts: `{ buildings: 12 }`. */
  readonly system: Readonly<Record<string, number>>
}

export interface OnboardingItem {
  readonly name: string
  readonly title: string
  readonly done: boolean
}

/** What is laid down of each tenant. */
type Counted = Pick<TenantSummary, 'numbers' | 'fullest' | 'refreshedAt'>

export interface TenantStatsService {
  /** Of the scope's tenant, as it is now; what its system counts is ten seconds old at most. */
  of(scope: TenantScope): Promise<TenantStats>
  /** Counts a tenant's numbers anew, for operators to see. */
  recount(tenantId: string): Promise<void>
  /** What a new tenant does first, each ticked by the tenant's own rows. */
  onboarding(scope: TenantScope): Promise<OnboardingItem[]>
  /** Of many tenants at once, in the order of their ids: numbers that are a quarter of an hour old at most. */
  ofAll(
    filter: TenantFilter & { readonly ids?: readonly string[] | undefined },
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<TenantSummary[]>
}

declare module '../http/route.ts' {
  interface Services {
    readonly tenantStats: TenantStatsService
  }
}

export interface TenantStatsOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
  readonly cache: CacheService
  readonly services: () => Services
}

/** Who counts, in the audit's words. */
const counter: Actor = { kind: 'system', id: '00000000-0000-7000-8000-7374617473aa' }

type PeopleAndKeys = Pick<TenantStats, 'members' | 'openInvitations' | 'keys'>
const SystemNumbers = z.record(z.string(), z.number())

/** Tenants whose numbers are counted at one moment. */
const atOnce = 4

const steps: readonly OnboardingStep[] = [
  { name: 'brand', title: 'Set your brand', done: has(sql`select from tenantry.tenants where brand <> '{}'`) },
  { name: 'second_member', title: 'Have a second member join', done: has(sql`select from tenantry.members offset 1`) },
  { name: 'first_key', title: 'Make an API key', done: has(sql`select from tenantry.api_keys`) },
]

function has(rows: ReturnType<typeof sql>): OnboardingStep['done'] {
  return async (scope) => (await scope.first(sql<{ is: boolean }>`select exists (${rows}) as "is"`))?.is === true
}

/** Days begin at midnight UTC, so that one day is the same for all tenants that are added up. */
const workOfToday = sql<{ activeToday: number; deliveriesWaiting: number; deliveriesFailed: number }>`
  select (select count(*)::int from tenantry.members
      where last_active_at >= date_trunc('day', tenantry.clock(), 'UTC')) as active_today,
    (select count(*)::int from tenantry.webhook_deliveries where state = 'waiting') as deliveries_waiting,
    (select count(*)::int from tenantry.webhook_deliveries
      where state = 'failed' and last_at > tenantry.clock() - interval '1 day') as deliveries_failed`

export function createTenantStats({ scope: open, directory, systems, cache, services }: TenantStatsOptions): TenantStatsService {
  async function systemOf(scope: TenantScope): Promise<SystemDefinition | undefined> {
    const tenant = await directory.tenantById(scope.context.tenantId)
    return systems.find(({ name }) => name === tenant?.system)
  }

  async function systemNumbers(scope: TenantScope): Promise<TenantStats['system']> {
    return (await (await systemOf(scope))?.stats?.(scope, services())) ?? {}
  }

  async function peopleAndKeys(scope: TenantScope): Promise<PeopleAndKeys> {
    const [counts] = await scope.run(
      sql<PeopleAndKeys>`
      select (select count(*)::int from tenantry.members) as members,
        (select count(*)::int from tenantry.invitations
          where accepted_at is null and revoked_at is null and expires_at > tenantry.clock()) as open_invitations,
        (select count(*)::int from tenantry.api_keys
          where revoked_at is null and (expires_at is null or expires_at > tenantry.clock())) as keys`,
      { lane: 'slow' },
    )
    return counts ?? { members: 0, openInvitations: 0, keys: 0 }
  }

  /** Counted in the tenant's own scope, and laid down where operators may read it. */
  async function refresh(tenantId: string): Promise<Counted | undefined> {
    const scope = open({ tenantId, actor: counter })
    const [people, system] = [await peopleAndKeys(scope), await systemNumbers(scope)]
    const [work] = await scope.run(workOfToday, { lane: 'slow' })
    const numbers = JSON.stringify({ ...people, ...work, ...system })
    const fullest = fullestOf(await services().quotas.list(scope))
    return scope.first(sql<Counted>`
      insert into tenantry.summaries (tenant_id, numbers, fullest)
      values (${tenantId}, ${numbers}::jsonb, ${fullest === null ? null : JSON.stringify(fullest)}::jsonb)
      on conflict (tenant_id) do update set numbers = excluded.numbers, fullest = excluded.fullest, refreshed_at = excluded.refreshed_at
      returning numbers, fullest, refreshed_at`)
  }

  return {
    async of(scope) {
      // Counting may mean reading many rows, and dashboards ask again and again.
      const kept = cache.of(scope)
      return {
        ...(await peopleAndKeys(scope)),
        limits: await usesOfLimits(scope),
        system: await kept.remember('tenant.stats', SystemNumbers, { seconds: 10 }, () => systemNumbers(scope)),
      }
    },

    async recount(tenantId) {
      await refresh(tenantId)
    },

    async onboarding(scope) {
      const all = [...steps, ...((await systemOf(scope))?.onboarding ?? [])]
      return Promise.all(all.map(async ({ name, title, done }) => ({ name, title, done: await done(scope, services()) })))
    },

    async ofAll(filter, page) {
      const rows = await listSummaries(directory.pool, filter, page)
      const fresh: TenantSummary[] = []
      for (let start = 0; start < rows.length; start += atOnce) {
        const some = rows.slice(start, start + atOnce).map(async ({ isStale, ...row }) => ({
          ...row,
          ...(isStale ? await refresh(row.id) : {}),
        }))
        fresh.push(...(await Promise.all(some)))
      }
      return fresh
    },
  }
}
