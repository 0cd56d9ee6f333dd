import type { TenantScope } from '../isolation/tenant-scope.ts'
import { listAddOns, repriceAddOn } from './add-on-queries.ts'
import { shareOf } from './money.ts'
import type { BillingInterval } from './subscription.ts'

const months = { monthly: 1, yearly: 12 } as const

/** Add-ons follow the subscription's interval, at the price that was agreed: a year is twelve months. */
export async function repriceAddOns(tx: TenantScope, before: BillingInterval, after: BillingInterval): Promise<void> {
  if (before === after) return
  const recurring = (await listAddOns(tx)).filter(({ charge }) => charge === 'recurring')
  for (const { id, priceMinor } of recurring) await repriceAddOn(tx, id, shareOf(priceMinor, months[after], months[before]))
}
