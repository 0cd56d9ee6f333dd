import { createHash } from 'node:crypto'
import { actorOf } from '../access/principal.ts'
import { originOf } from '../audit/origin.ts'
import { isPromise } from '../http/eventual.ts'
import type { Identified, RateState } from '../http/pipeline.ts'
import type { RequestInfo, Route, Services } from '../http/route.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { Quota } from '../quotas/quota.ts'
import { uncountedCalls } from '../quotas/routes.ts'
import { nothingHere } from './identify.ts'

/** The limit that API calls are taken from, where a tenant has it. */
const apiCalls = 'api_calls'

export interface ConsumeOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly services: Services
}

type Taken = readonly RateState[]

/**
 * Takes what a request costs before its handler runs: one API call, of programs only, from a block that this node has been given;
 * and the route's own quota, exactly, whatever comes at once. What the second refuses, the first gets back.
 */
export function createConsume({ scope, services }: ConsumeOptions) {
  const { quotas } = services

  /** `key`: of the request, so that one that is sent again after a crash is charged once. */
  return (route: Route, { tenant, principal }: Identified, request: RequestInfo, key?: string): Taken | Promise<Taken> => {
    const isCounted = principal.kind === 'key' && tenant?.limits.has(apiCalls) === true && !uncountedCalls.has(route)
    const call = isCounted ? quotas.leases.take(tenant.id, apiCalls) : undefined
    if (route.quota === undefined) {
      if (call === undefined) return []
      return isPromise(call) ? call.then(statesOf) : statesOf(call)
    }
    return takeBoth(call, route.quota)

    async function takeBoth(called: Quota | Promise<Quota> | undefined, { meter, quantity = 1 }: NonNullable<Route['quota']>) {
      if (tenant === undefined || principal.kind === 'public' || principal.kind === 'person') throw nothingHere()
      const counted = await called
      const own = scope({ tenantId: tenant.id, actor: actorOf(principal), origin: originOf(request, principal) })
      const verdict = key === undefined ? {} : { key: keyOf(route, principal.id, key) }
      try {
        const { quota } = await quotas.consume(own, { meter, quantity, ...verdict })
        return statesOf(quota, counted)
      } catch (error) {
        if (counted !== undefined) quotas.leases.giveBack(tenant.id, apiCalls)
        throw error
      }
    }
  }
}

/** Short whatever the client chose, and nobody else's. */
function keyOf({ operation }: Route, principal: string, key: string): string {
  return createHash('sha256').update(`${operation}\n${principal}\n${key}`).digest('base64url')
}

interface Span {
  /** Milliseconds since the epoch. */
  readonly ends: number
  /** Seconds. */
  readonly window: number
}

/** All calls of a block are told of one quota, so its times are read once. */
const spans = new WeakMap<Quota, Span>()

function spanOf(quota: Quota, start: string, end: string): Span {
  const known = spans.get(quota)
  if (known !== undefined) return known
  const ends = Date.parse(end)
  const span = { ends, window: (ends - Date.parse(start)) / 1_000 }
  spans.set(quota, span)
  return span
}

/** Quotas beside rates, in the same headers; what is unlimited tells nothing. */
function statesOf(...quotas: readonly (Quota | undefined)[]): Taken {
  const states: RateState[] = []
  for (const quota of quotas) {
    if (quota === undefined || quota.max === null || quota.resetsAt === null || quota.periodStart === null) continue
    const { ends, window } = spanOf(quota, quota.periodStart, quota.resetsAt)
    states.push({
      policy: quota.meter,
      limit: quota.max,
      remaining: quota.available ?? 0,
      window,
      resetsIn: Math.max(0, (ends - Date.now()) / 1_000),
    })
  }
  return states
}
