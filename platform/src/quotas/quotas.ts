import { randomUUID } from 'node:crypto'
import { sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { Admission, type Verdict } from './admission.ts'
import { CurrentPeriods, unknownMeter } from './current-periods.ts'
import { quotaExceeded } from './exceeded.ts'
import { type Growth, setGrowth } from './growth.ts'
import { QuotaLeases } from './leases.ts'
import { meterScopes } from './meter-scope.ts'
import type { Quota } from './quota.ts'
import { findQuota, type ListedQuota, listQuotas } from './quota-queries.ts'
import { type Settlement, SettlementDesk } from './settlement.ts'

export interface QuotaRequest {
  readonly meter: string
  /** Whole, from 1 to 10^12. */
  readonly quantity: number
  /** 1 to 255 characters: the same key within 72 hours is the same verdict, and charged once. */
  readonly key?: string
  /** `all` or nothing (the default), or `clamp`: what is left, if anything is. */
  readonly mode?: 'all' | 'clamp'
}

export interface HoldRequest extends QuotaRequest {
  /** Until the hold expires by itself; 1 to 86,400. Default 300. */
  readonly seconds?: number
}

export interface Admitted {
  /** What was admitted: with `clamp` it may be less than was asked. */
  readonly quantity: number
  /** Decided before, under the same key. */
  readonly repeated: boolean
  readonly quota: Quota
}

export interface Hold extends Admitted {
  /** Names the hold in `commit` and `release`. */
  readonly key: string
  readonly expiresAt: string
}

export interface SettledHold {
  readonly key: string
  readonly state: 'committed' | 'released'
  /** What was charged; 0 for a released one. */
  readonly quantity: number
  /** Committed after the hold had expired: charged all the same, even where that goes beyond the limit. */
  readonly late: boolean
  readonly repeated: boolean
}

/**
 * Admission to metered limits. Each decision is exact over all processes, and a transaction of its own: it stands whatever becomes of
 * the caller's. What must be undone with the caller's work is reserved before it and committed after it.
 *
 * @example
 * const hold = await services.quotas.reserve(scope, { meter: 'transactions', quantity: 10, key: `import ${id}` })
 * const written = await importRows(scope)
 * await services.quotas.commit(scope, { meter: 'transactions', key: hold.key, quantity: written })
 */
export interface QuotaService {
  list(scope: TenantScope): Promise<ListedQuota[]>
  /** @throws not_found for a limit that the tenant has not */
  check(scope: TenantScope, meter: string): Promise<ListedQuota>
  /** @throws quota_exceeded, not_found, invalid_request for a limit that is not metered, idempotency_key_reused */
  consume(scope: TenantScope, request: QuotaRequest): Promise<Admitted>
  /** As `consume`, but counts only until it expires, is committed or released. */
  reserve(scope: TenantScope, request: HoldRequest): Promise<Hold>
  /** Charges what was used, at most what was held. @throws not_found, conflict where the hold ended otherwise */
  commit(scope: TenantScope, request: { meter: string; key: string; quantity: number }): Promise<SettledHold>
  /** @throws not_found, conflict where the hold was committed */
  release(scope: TenantScope, request: { meter: string; key: string }): Promise<SettledHold>
  /** How a limit grows when it does not suffice; null: not any more. @throws not_found for a limit that the tenant has not */
  setGrowth(scope: TenantScope, name: string, growth: Growth | null): Promise<void>
  /** From the next boundary on, periods begin at this local time of the tenant's zone: `2026-01-31T00:00:00`. */
  anchorPeriods(scope: TenantScope, anchor: string): Promise<void>
  /** For what is taken at every request. */
  readonly leases: QuotaLeases
}

declare module '../http/route.ts' {
  interface Services {
    readonly quotas: QuotaService
  }
}

/** Far beyond what is sold by the piece, and so far below 2^53 that sums stay exact. */
export const mostAtOnce = 1_000_000_000_000
export const usualHold = 300
export const longestHold = 86_400
const keyForm = /^[^\p{Cc}]{1,255}$/u

export function createQuotaService(options: { readonly scope: (options: ScopeOptions) => TenantScope }): QuotaService {
  const scopes = meterScopes(options.scope)
  const periods = new CurrentPeriods(scopes)
  const admission = new Admission(scopes, periods)
  const desk = new SettlementDesk(scopes)

  async function admit(
    { context }: TenantScope,
    request: QuotaRequest,
    key: string | null,
    hold: number | null,
  ): Promise<Verdict> {
    const { meter, quantity, mode = 'all' } = request
    requireQuantity(quantity, 1)
    const verdict = await admission.admit(context.tenantId, meter, { key, quantity, clamp: mode === 'clamp', hold })
    if (verdict.verdict === 'denied') throw quotaExceeded(verdict.quota)
    const { first } = verdict
    if (first !== undefined && (first.asked !== quantity || (verdict.expiresAt === null) !== (hold === null))) {
      throw problems.idempotency_key_reused('The key was used for another quantity or another operation.')
    }
    return verdict
  }

  async function settle({ context }: TenantScope, meter: string, key: string, actual: number | null): Promise<SettledHold> {
    const settlement = await desk.settle(context.tenantId, meter, { key, actual })
    requireSettled(settlement, actual)
    const state = actual === null ? 'released' : 'committed'
    return { key, state, quantity: actual ?? 0, late: settlement.late === true, repeated: settlement.outcome === 'repeated' }
  }

  return {
    list: listQuotas,

    async check(scope, meter) {
      const quota = await findQuota(scope, meter)
      if (quota === undefined) throw unknownMeter(meter)
      return quota
    },

    async consume(scope, request) {
      const key = request.key === undefined ? null : requireKey(request.key)
      const { quantity, verdict, quota } = await admit(scope, request, key, null)
      return { quantity, repeated: verdict === 'repeated', quota }
    },

    async reserve(scope, request) {
      const { seconds = usualHold } = request
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestHold) {
        throw problems.invalid_request(`\`seconds\` is a whole number from 1 to ${longestHold}.`)
      }
      const key = request.key === undefined ? randomUUID() : requireKey(request.key)
      const { quantity, verdict, quota, expiresAt } = await admit(scope, request, key, seconds)
      return { key, quantity, repeated: verdict === 'repeated', expiresAt: expiresAt as string, quota }
    },

    async commit(scope, { meter, key, quantity }) {
      requireQuantity(quantity, 0)
      return settle(scope, meter, requireKey(key), quantity)
    },

    async release(scope, { meter, key }) {
      return settle(scope, meter, requireKey(key), null)
    },

    setGrowth,

    async anchorPeriods(scope, anchor) {
      await scope.run(sql`select tenantry.anchor_periods(${anchor}::timestamp)`, { lane: 'write' })
    },

    leases: new QuotaLeases(scopes, periods),
  }
}

function requireQuantity(quantity: number, least: 0 | 1): void {
  if (Number.isInteger(quantity) && quantity >= least && quantity <= mostAtOnce) return
  throw problems.invalid_request(`\`quantity\` is a whole number from ${least} to ${mostAtOnce}.`)
}

function requireKey(key: string): string {
  if (keyForm.test(key)) return key
  throw problems.invalid_request('`key` is 1 to 255 characters without control characters.')
}

function requireSettled({ outcome, state, quantity }: Settlement, actual: number | null): void {
  switch (outcome) {
    case 'absent':
      throw problems.not_found('There is no reservation with this key.')
    case 'ended':
      throw problems.conflict(`The reservation is ${state}${state === 'committed' ? ` with ${quantity}` : ''}.`, { state })
    case 'exceeded':
      throw problems.invalid_request(`${actual} is more than the ${quantity} that is held; reserve the most that may be used.`)
    default:
  }
}
