import type { TenantScope } from '../isolation/tenant-scope.ts'
import { graceDays, transitions } from '../tenants/lifecycle.ts'
import { findTenant, moveTenant, scheduleErasure, telling } from '../tenants/tenant-queries.ts'
import type { Subscription } from './subscription.ts'
import { saveSubscription } from './subscription-queries.ts'

/** Days that the data of an ended subscription is kept, before its erasure is ordered; that leaves the usual days to change one's mind. */
export const daysKept = 60

const because = 'The subscription has ended or is paused.'

/** Read-only: whoever comes back finds everything. A tenant that an operator put out of reach is left as it is. */
export async function suspendTenant(tx: TenantScope, subscription: Subscription): Promise<Subscription> {
  if (subscription.suspendedTenant) return subscription
  const { event } = transitions.suspend
  const suspended = await tx.first(
    telling(
      moveTenant(tx.context.tenantId, { from: ['active'], to: 'suspended', event }, { reason: because, suspension: 'read_only' }),
      `platform.tenant.${event}`,
    ),
  )
  return suspended === undefined ? subscription : saveSubscription(tx, subscription, { suspendedTenant: true })
}

/** Ends what `suspendTenant` did, and nothing that an operator did since. */
export async function resumeTenant(tx: TenantScope, subscription: Subscription): Promise<Subscription> {
  if (!subscription.suspendedTenant) return subscription
  const tenant = await findTenant(tx)
  if (tenant?.suspension === 'read_only' && tenant.statusReason === because) {
    const resumed = moveTenant(tx.context.tenantId, transitions.resume, { reason: 'The subscription goes on.' })
    await tx.first(telling(resumed, `platform.tenant.${transitions.resume.event}`))
  }
  return saveSubscription(tx, subscription, { suspendedTenant: false })
}

/** Answers whether the erasure is ordered; not while the tenant is under legal hold, nor where an operator decided otherwise. */
export async function orderErasure(tx: TenantScope, subscription: Subscription): Promise<boolean> {
  const tenant = await findTenant(tx)
  if (!subscription.suspendedTenant || tenant?.statusReason !== because) return true
  const moved = moveTenant(tx.context.tenantId, transitions.erase, { reason: 'The subscription ended long ago.', graceDays })
  const deleted = await tx.first(telling(moved, `platform.tenant.${transitions.erase.event}`))
  if (deleted === undefined) return false
  await tx.run(scheduleErasure(tx.context.tenantId), { lane: 'write' })
  await saveSubscription(tx, subscription, { suspendedTenant: false })
  return true
}
