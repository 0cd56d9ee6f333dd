import type { PlanService } from '../plans/plans.ts'
import { problems } from '../problems/catalogue.ts'
import type { Book } from './book.ts'
import { applyChange, type ChangeKind, type PlannedChange, planned, termsIn } from './change-plan.ts'
import { hasEnded, type Subscription, type Terms } from './subscription.ts'
import { saveSubscription } from './subscription-queries.ts'

/** Where an operator puts a tenant. */
export interface PlanMove {
  readonly plan: string
  /** Default: the newest. */
  readonly version?: number | undefined
}

/**
 * What a move would do; changes nothing. Unlike a choice it never waits for the end of the period: what is not dearer acts at once,
 * too, and what was paid for and is not used any more is a credit.
 *
 * @throws invalid_request, conflict while something is owed, and once the subscription has ended
 */
export async function planMove(book: Book, move: PlanMove): Promise<PlannedChange> {
  const { subscription, plans, system } = book
  if (hasEnded(subscription)) {
    throw problems.conflict('The subscription has ended: `PATCH /v1/tenants/{tenantId}/subscription` begins it anew.')
  }
  const terms = await termsOfMove(plans, system.name, subscription, move)
  return planned(book, kindOf(subscription, terms), terms)
}

/** The plan acts now, and the bill follows it in the same transaction. Answers the book as it is then. */
export async function applyMove(book: Book, move: PlannedChange): Promise<Book> {
  const { tx, subscription, plans } = book
  if (move.kind !== 'stay') return applyChange(book, move)
  // Also where nothing is to be billed the tenant may be elsewhere than its subscription says: in the trial, or from days when one moved alone.
  const { plan, planVersion } = move.terms
  await plans.assign(tx, { plan, version: planVersion })
  return { ...book, subscription: await saveSubscription(tx, subscription, { ...move.terms, pending: null }) }
}

/** A trial goes on in another version of its plan; another plan ends it, like a choice. */
function kindOf(subscription: Subscription, terms: Terms): ChangeKind {
  const held = termsIn(subscription)
  if (subscription.state === 'trialing') return terms.plan === held.plan ? 'stay' : 'start'
  if (terms.interval !== held.interval) return 'restart'
  const isSame = terms.plan === held.plan && terms.planVersion === held.planVersion && terms.priceMinor === held.priceMinor
  return isSame ? 'stay' : 'upgrade'
}

/** By the interval that is paid, where the plan is sold so. One without a price is agreed elsewhere and costs nothing here. */
async function termsOfMove(
  plans: PlanService,
  system: string,
  { interval, currency }: Subscription,
  { plan, version }: PlanMove,
): Promise<Terms> {
  const { version: planVersion, content } = await plans.require(system, plan, version)
  const { prices } = content
  const other = interval === 'monthly' ? 'yearly' : 'monthly'
  const sold = prices?.[interval] != null ? interval : prices?.[other] != null ? other : undefined
  if (prices === null || sold === undefined) return { plan, planVersion, interval, currency, priceMinor: 0 }
  return { plan, planVersion, interval: sold, currency: prices.currency, priceMinor: prices[sold] ?? 0 }
}
