import type { TenantEntry } from '../directory/entries.ts'
import type { Route } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import type { Principal, Role, TenantPrincipal } from './principal.ts'
import { roles } from './principal.ts'

/**
 * The guards of a route, each judging from what is in memory. They throw a problem or return; a route switches one on
 * with one line of its declaration (`permission`, `role`, `feature`).
 */

/** Members and keys of a tenant pass; nobody else does. */
export function requireTenantPrincipal(principal: Principal): asserts principal is TenantPrincipal {
  if (principal.kind === 'public') throw problems.unauthenticated('This address needs a credential.')
  // Signed in is not yet a member.
  if (principal.kind === 'person') throw problems.unauthenticated('This address needs a credential of a tenant.')
  // On a tenant's address an operator is a stranger, and what a stranger asks for does not exist.
  if (principal.kind === 'operator') throw problems.not_found('There is nothing here.')
}

export function requirePermission(principal: TenantPrincipal, permission: string): void {
  if (!principal.permissions.has(permission)) {
    throw problems.forbidden(`This needs the permission ${permission}.`, { permission })
  }
}

/** Only members have roles: a key is judged by its permissions alone. */
export function requireRole(principal: TenantPrincipal, least: Role): void {
  if (principal.kind === 'key') return
  if (principal.role === undefined || roles.indexOf(principal.role) > roles.indexOf(least)) {
    throw problems.forbidden(`This needs the role ${least} or a higher one.`, { role: least })
  }
}

export function requireFeature(tenant: TenantEntry, feature: string): void {
  if (!tenant.features.has(feature)) {
    throw problems.feature_not_in_plan(`The tier "${tenant.tier}" does not include ${feature}.`, { feature })
  }
}

/** An operator who acts as a member changes nothing unless he asked for it beforehand. */
export function requireWriting(principal: TenantPrincipal, route: Pick<Route, 'method' | 'whileReadOnly'>): void {
  if (principal.acting?.readOnly !== true || route.method === 'GET' || route.whileReadOnly === true) return
  throw problems.acting_read_only('You act as a member to look, and this would change something.')
}

/**
 * Whether the tenant's status lets the request through. Archived, deleted and half-made tenants do not exist for
 * their callers; a suspended one says so, because its members may know.
 */
export function requireStatus(tenant: TenantEntry, route: Pick<Route, 'method' | 'whileSuspended'>): void {
  if (tenant.status === 'active') return
  if (tenant.status !== 'suspended') throw problems.not_found('There is nothing here.')
  if (route.whileSuspended === true) return
  if (tenant.suspension === 'read_only' && route.method === 'GET') return
  const mode = tenant.suspension ?? 'blocked'
  const still = mode === 'read_only' ? 'It can still be read.' : 'It can be neither read nor changed.'
  throw problems.tenant_suspended(`This tenant is suspended. ${still}`, { mode })
}
