import type { PlanPreview } from '../plans/entitlement.ts'
import { problems } from '../problems/catalogue.ts'
import { addArrears, startPlan } from './begin-period.ts'
import type { Book } from './book.ts'
import { creditLine, planLine, remainderLine } from './charges.ts'
import { addLines } from './draft.ts'
import type { InvoiceLine } from './invoice.ts'
import { firstPeriod } from './next-period.ts'
import { sealDraft } from './seal-draft.ts'
import { type BillingInterval, hasEnded, isRunning, type Subscription, type Terms } from './subscription.ts'
import { saveSubscription } from './subscription-queries.ts'
import { termsOf, titleOf } from './terms.ts'

export interface PlanChoice {
  readonly plan: string
  readonly interval?: BillingInterval | undefined
}

/**
 * `start`: a first choice, or a return: at once, by an anchor of its own. `upgrade`: at once, the rest of the period is charged.
 * `restart`: by another interval: at once, a new period. `next`: at the end of what is paid for. `stay`: what there is.
 */
export type ChangeKind = 'start' | 'upgrade' | 'restart' | 'next' | 'stay'

export interface PlannedChange {
  readonly kind: ChangeKind
  readonly terms: Terms
  /** RFC 3339. */
  readonly effectiveAt: string
  /** What is charged at once, before tax. */
  readonly lines: readonly InvoiceLine[]
}

/** What a choice would do; changes nothing. @throws invalid_request, conflict while something is owed */
export async function planChange(
  book: Book,
  { plan, interval = book.subscription.interval }: PlanChoice,
): Promise<PlannedChange> {
  const { subscription, plans, system } = book
  // The version that the tenant has is the one it goes on with, at the price agreed then.
  const isHeld = isRunning(subscription) && plan === subscription.plan && interval === subscription.interval
  if (isHeld) return planned(book, 'stay', termsIn(subscription))
  const terms = await termsOf(plans, system.name, plan, interval)
  return planned(book, kindOf(subscription, terms), terms)
}

/** What a change of this kind to these terms would do. @throws conflict while something is owed, and for another currency */
export async function planned(book: Book, kind: ChangeKind, terms: Terms): Promise<PlannedChange> {
  const { subscription, tenant, plans, system, now } = book
  if (kind === 'stay') return { kind, terms, effectiveAt: now, lines: [] }
  const title = await titleOf(plans, system.name, terms)
  const firstLines = () => planLine(title, terms.priceMinor, firstPeriod(terms.interval, tenant.timeZone, now))
  if (kind === 'start') return { kind, terms, effectiveAt: now, lines: firstLines() }
  refuseWhileOwing(subscription)
  refuseOtherCurrency(subscription, terms)
  const period = { start: subscription.periodStart, end: subscription.periodEnd }
  if (kind === 'next') return { kind, terms, effectiveAt: period.end, lines: [] }
  const credit = creditLine(await titleOf(plans, system.name, subscription), subscription.priceMinor, period, now)
  const charge = kind === 'upgrade' ? remainderLine('proration', title, terms.priceMinor, period, now) : firstLines()
  return { kind, terms, effectiveAt: now, lines: [...credit, ...charge] }
}

/** Does what `planChange` says. Answers the book as it is then. */
export async function applyChange(book: Book, { kind, terms, lines }: PlannedChange): Promise<Book> {
  const { tx, subscription, plans, system, now } = book
  if (kind === 'start') return startPlan(book, terms)
  if (kind === 'next') return { ...book, subscription: await saveSubscription(tx, subscription, { pending: terms }) }
  if (kind === 'stay') {
    if (subscription.pending === null) return book
    return { ...book, subscription: await saveSubscription(tx, subscription, { pending: null }) }
  }
  if (kind === 'restart') {
    await addLines(
      tx,
      subscription,
      lines.filter((line) => line.kind === 'proration'),
    )
    return startPlan(book, terms)
  }
  const settled = await addArrears(book, { closing: false })
  await plans.assign(tx, { plan: terms.plan, version: terms.planVersion })
  await addLines(tx, subscription, lines)
  const upgraded = await saveSubscription(tx, settled.subscription, { ...terms, pending: null })
  // Where both cost the same there is nothing to bill, and what waits for the end of the period goes on waiting.
  if (lines.length > 0)
    await sealDraft(tx, { ...settled, subscription: upgraded }, system, {
      kind: 'change',
      start: now,
      end: subscription.periodEnd,
    })
  return { ...settled, subscription: upgraded }
}

function kindOf(subscription: Subscription, terms: Terms): Exclude<ChangeKind, 'stay'> {
  if (subscription.state === 'trialing' || hasEnded(subscription)) return 'start'
  if (perMonth(terms) <= perMonth(subscription)) return 'next'
  return terms.interval === subscription.interval ? 'upgrade' : 'restart'
}

export function termsIn({ plan, planVersion, interval, currency, priceMinor }: Subscription): Terms {
  return { plan, planVersion, interval, currency, priceMinor }
}

const perMonth = ({ priceMinor, interval }: Terms) => priceMinor / (interval === 'yearly' ? 12 : 1)

/** Whoever owes could otherwise take more and pay for none of it. */
function refuseWhileOwing({ state }: Subscription): void {
  if (state === 'past_due' || state === 'paused') throw problems.conflict('An invoice is overdue: pay it first.')
}

function refuseOtherCurrency(subscription: Subscription, { currency }: Terms): void {
  if (currency === subscription.currency) return
  throw problems.conflict(`The plan is sold in ${currency} and the subscription is in ${subscription.currency}: cancel it first.`)
}

export interface ChangePreview extends PlannedChange {
  readonly entitlements: PlanPreview
}
