import type { OperatorPrincipal, TenantPrincipal } from '../access/principal.ts'
import type { RequestInfo } from '../http/route.ts'
import type { Origin } from '../isolation/tenant-scope.ts'

/** Where a request came from and who is behind it, for audit entries and the access log. */
export function originOf(request: RequestInfo, principal?: TenantPrincipal | OperatorPrincipal): Origin {
  const impersonator = principal !== undefined && 'impersonator' in principal ? principal.impersonator : undefined
  return {
    requestId: request.id,
    address: request.address,
    ...(request.userAgent === undefined ? {} : { userAgent: request.userAgent }),
    ...(impersonator === undefined ? {} : { impersonator }),
  }
}
