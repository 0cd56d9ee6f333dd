import {
  requireFeature,
  requirePermission,
  requireRole,
  requireStatus,
  requireTenantPrincipal,
  requireWriting,
} from '../access/guards.ts'
import { requireAddress } from '../access/require-address.ts'
import type { Identified, RateState } from '../http/pipeline.ts'
import type { RequestInfo, Route } from '../http/route.ts'
import { isIncluded } from '../plans/platform-features.ts'
import type { SystemDefinition } from '../system.ts'
import { nothingHere } from './identify.ts'
import type { Rates } from './rates.ts'

export interface AdmitOptions {
  readonly systems: readonly SystemDefinition[]
  readonly rates: Rates
}

type Eventual<T> = T | Promise<T>

/** Whether the request may go on: address and rate, then the tenant's system and status, then what the route asks of its caller. */
export function createAdmit({ systems, rates }: AdmitOptions) {
  const systemOfRoute = new WeakMap<Route, string>()
  const systemOf = (route: Route): string => {
    const known = systemOfRoute.get(route)
    if (known !== undefined) return known
    // A route that speaks another product's protocol lies where that product has it.
    const owner = systems.find(({ name, routes }) => route.path.startsWith(`/v1/${name}/`) || routes?.includes(route))
    const system = owner?.name ?? ''
    systemOfRoute.set(route, system)
    return system
  }

  const isIncludedIn = (name: string, feature: string) => {
    const system = systems.find((each) => each.name === name)
    return system !== undefined && isIncluded(system, feature)
  }

  return (route: Route, { tenant, principal }: Identified, request: RequestInfo): Eventual<readonly RateState[]> => {
    if (route.permission === 'public') return rates.takeOfAddress(route, request.address)
    if (principal.kind === 'operator') return rates.takeOfPerson(principal.id)
    if (principal.kind === 'person') {
      // What concerns the person is his also while the tenant is suspended; of an archived one nothing is there.
      if (tenant !== undefined) requireStatus(tenant, { method: route.method, whileSuspended: true })
      return rates.takeOfPerson(principal.id)
    }
    requireTenantPrincipal(principal)
    if (tenant === undefined) throw nothingHere()
    try {
      requireAddress(tenant, principal, request.address)
    } catch (refused) {
      // Who comes from elsewhere spends his address's rate, and nothing of the tenant's.
      rates.takeOfAddress(route, request.address)
      throw refused
    }
    const taken = rates.takeOfTenant(tenant, principal)
    const system = systemOf(route)
    if (system !== '' && system !== tenant.system) throw nothingHere()
    requireStatus(tenant, route)
    if (route.permission !== 'authenticated') requirePermission(principal, route.permission)
    if (route.role !== undefined) requireRole(principal, route.role)
    if (route.feature !== undefined && !isIncludedIn(tenant.system, route.feature)) requireFeature(tenant, route.feature)
    requireWriting(principal, route)
    return taken
  }
}
