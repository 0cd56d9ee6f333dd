import type { TenantEntry } from '../directory/entries.ts'
import { problems } from '../problems/catalogue.ts'
import { isWithin } from './address-range.ts'
import type { TenantPrincipal } from './principal.ts'

/**
 * Both lists must have the address where there are any: the tenant's for its members and keys, a key's for itself.
 *
 * @throws address_not_allowed
 */
export function requireAddress(tenant: TenantEntry, { allowedAddresses }: TenantPrincipal, address: string): void {
  if (tenant.allowedAddresses.length > 0 && !isWithin(tenant.allowedAddresses, address)) {
    throw problems.address_not_allowed(`This tenant cannot be reached from ${address}.`, { address, by: 'tenant' })
  }
  if (allowedAddresses !== undefined && allowedAddresses.length > 0 && !isWithin(allowedAddresses, address)) {
    throw problems.address_not_allowed(`This key cannot be used from ${address}.`, { address, by: 'key' })
  }
}
