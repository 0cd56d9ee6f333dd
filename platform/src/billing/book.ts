import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { PlanService } from '../plans/plans.ts'
import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import type { UsageService } from '../usage/usage.ts'
import type { SoldSystem } from './seller.ts'
import { type Held, holdSubscription } from './subscription-queries.ts'

/** What every change of a subscription works with: the transaction, what it holds, and whom it asks. */
export interface Book extends Held {
  readonly tx: TenantScope
  readonly system: SoldSystem
  readonly plans: PlanService
  readonly usage: UsageService
}

export interface BookKeeping {
  readonly systems: readonly SystemDefinition[]
  readonly plans: PlanService
  readonly usage: UsageService
}

/** Opens the tenant's book; whoever opens it at the same time waits. @throws not_found for a tenant without a subscription */
export async function openBook(tx: TenantScope, { systems, plans, usage }: BookKeeping): Promise<Book> {
  const held = await holdSubscription(tx)
  if (held === undefined) throw noSubscription()
  const { system: name } = held.tenant
  // A system that was taken out of the installation: what its tenants owe is still owed to somebody.
  const system = systems.find((each) => each.name === name) ?? { name, title: name }
  return { ...held, tx, system, plans, usage }
}

export function noSubscription() {
  return problems.not_found('This tenant has no subscription: its plan is agreed with the platform.')
}
