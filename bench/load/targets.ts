import type { Customer } from '../database/customers.ts'
import type { Target } from './run.ts'

/** A read of each building, by its tenant's host and key. Neighbours in the list are of different tenants. */
export function buildingTargets(
  customers: readonly Customer[],
  authorizationOf: (customer: Customer) => string = ({ credential }) => credential,
): Target[] {
  const most = Math.max(...customers.map(({ buildings }) => buildings.length))
  return Array.from({ length: most }, (_, index) => index).flatMap((index) =>
    customers.flatMap((customer) => {
      const id = customer.buildings[index]
      const target = {
        path: `/v1/bms/buildings/${id}`,
        host: `${customer.slug}.localhost`,
        authorization: authorizationOf(customer),
      }
      return id === undefined ? [] : [target]
    }),
  )
}
