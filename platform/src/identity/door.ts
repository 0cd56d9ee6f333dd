import type { TenantEntry } from '../directory/entries.ts'
import type { RequestInfo } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import type { Door } from './identity.ts'
import { operatorsRealm, sharedRealm } from './realms.ts'

export type Asking = Pick<RequestInfo, 'id' | 'origin' | 'address' | 'userAgent'>

/**
 * Where a request stands: the tenant's host, or one of the installation's own. A name below the base domain that no tenant has
 * is nobody's door, so that no link goes out that leads to whoever takes the name later.
 *
 * @throws not_found
 */
export function doorOf(baseDomain: string, { id, origin, address, userAgent }: Asking, tenant: TenantEntry | undefined): Door {
  const host = URL.parse(origin)?.hostname.replace(/^\[|\]$/g, '')
  const operators = `dashboard.${baseDomain}`
  const own = [baseDomain, `api.${baseDomain}`, operators, 'localhost', '127.0.0.1', '::1']
  if (host === undefined || (tenant === undefined && !own.includes(host))) throw problems.not_found('There is nothing here.')
  const realmId = tenant?.realmId ?? (host === operators ? operatorsRealm : sharedRealm)
  return { realmId, host, origin, tenantId: tenant?.id, address, userAgent, requestId: id }
}

/**
 * Sign-in sets cookies, so it is no other site's business either: a page elsewhere must not sign its visitor in as somebody else.
 * Programs say no origin.
 *
 * @throws cross_site
 */
export function refuseOtherSites({ headers, origin }: Pick<RequestInfo, 'headers' | 'origin'>): void {
  const said = headers.origin
  const site = headers['sec-fetch-site']
  if ((said === undefined || said === origin) && (site === undefined || site === 'same-origin' || site === 'none')) return
  throw problems.cross_site('This request came from another site.')
}
