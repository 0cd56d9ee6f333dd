import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Subscription } from './subscription.ts'

const columns = sql`s.id, s.plan, s.plan_version, s.state, s.billing_interval as interval, s.currency, s.price_minor, s.anchor, s.time_zone,
  s.period_start, s.period_end, s.usage_sealed_until, s.trial_ends_at, s.cancel_at, s.ended_at, s.pending, s.suspended_tenant, s.version`

export function findSubscription(scope: TenantScope): Promise<Subscription | undefined> {
  return scope.first(sql<Subscription>`select ${columns} from tenantry.subscriptions s`)
}

/** The subscription, the tenant that has it, and the time, in whole seconds; nobody else changes it until the transaction ends. */
export interface Held {
  readonly subscription: Subscription
  readonly tenant: BilledTenant
  /** RFC 3339. */
  readonly now: string
}

export interface BilledTenant {
  readonly id: string
  readonly name: string
  readonly system: string
  readonly timeZone: string
  readonly billingEmail: string | null
}

export async function holdSubscription(tx: TenantScope): Promise<Held | undefined> {
  const subscription = await tx.first(sql<Subscription>`select ${columns} from tenantry.subscriptions s for update`)
  // Asked behind the lock, so that the time is never before what the one before wrote.
  const tenant = await tx.first(sql<BilledTenant & { now: string }>`
    select id, name, system, time_zone, billing_email, date_trunc('second', tenantry.clock()) as now from tenantry.tenants`)
  if (subscription === undefined || tenant === undefined) return undefined
  const { now, ...billed } = tenant
  return { subscription, tenant: billed, now }
}

/** Writes what changed; a new state is told as `subscription.<state>`. */
export async function saveSubscription(
  tx: TenantScope,
  before: Subscription,
  changes: Partial<Omit<Subscription, 'id' | 'version'>>,
): Promise<Subscription> {
  const after = { ...before, ...changes, version: before.version + 1 }
  await tx.run(sql`update tenantry.subscriptions set
      plan = ${after.plan}, plan_version = ${after.planVersion}, state = ${after.state}, billing_interval = ${after.interval},
      currency = ${after.currency}, price_minor = ${after.priceMinor}, anchor = ${after.anchor}, time_zone = ${after.timeZone},
      period_start = ${after.periodStart}, period_end = ${after.periodEnd}, usage_sealed_until = ${after.usageSealedUntil},
      trial_ends_at = ${after.trialEndsAt}, cancel_at = ${after.cancelAt},
      ended_at = ${after.endedAt}, pending = ${after.pending === null ? null : JSON.stringify(after.pending)}::jsonb,
      suspended_tenant = ${after.suspendedTenant}, version = ${after.version}, updated_at = tenantry.clock()
    where id = ${after.id}::uuid`)
  if (after.state !== before.state) {
    const told = JSON.stringify({ plan: after.plan, state: after.state, before: before.state })
    await tx.run(sql`select tenantry.emit(${`subscription.${after.state}`}, ${after.id}::uuid, ${told}::jsonb)`, {
      lane: 'write',
    })
  }
  return after
}
