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
 * `restart`: dearer and by another interval: at once, a new period. `next`: at the end of what is paid for. `stay`: what there is.
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
  const { subscription, tenant, plans, system, now } = book
  // The version that the tenant has is the one it goes on with, at the price agreed then.
  const isHeld = isRunning(subscription) && plan === subscription.plan && interval === subscription.interval
  if (isHeld) return { kind: 'stay', terms: termsIn(subscription), effectiveAt: now, lines: [] }
  const terms = await termsOf(plans, system.name, plan, interval)
  const kind = kindOf(subscription, terms)
  const title = await titleOf(plans, system.name, terms)
  if (kind === 'start') {
    return {
      kind,
      terms,
      effectiveAt: now,
      lines: planLine(title, terms.priceMinor, firstPeriod(interval, tenant.timeZone, now)),
    }
  }
  refuseWhileOwing(subscription)
  refuseOtherCurrency(subscription, terms)
  const period = { start: subscription.periodStart, end: subscription.periodEnd }
  const credit = creditLine(await titleOf(plans, system.name, subscription), subscription.priceMinor, period, now)
  if (kind === 'upgrade') {
    return {
      kind,
      terms,
      effectiveAt: now,
      lines: [...credit, ...remainderLine('proration', title, terms.priceMinor, period, now)],
    }
  }
  if (kind === 'restart') {
    return {
      kind,
      terms,
      effectiveAt: now,
      lines: [...credit, ...planLine(title, terms.priceMinor, firstPeriod(interval, tenant.timeZone, now))],
    }
  }
  return { kind, terms, effectiveAt: period.end, lines: [] }
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
  await sealDraft(tx, { ...settled, subscription: upgraded }, system, { kind: 'change', start: now, end: subscription.periodEnd })
  return { ...settled, subscription: upgraded }
}

function kindOf(subscription: Subscription, terms: Terms): Exclude<ChangeKind, 'stay'> {
  if (subscription.state === 'trialing' || hasEnded(subscription)) return 'start'
  if (perMonth(terms) <= perMonth(subscription)) return 'next'
  return terms.interval === subscription.interval ? 'upgrade' : 'restart'
}

function termsIn({ plan, planVersion, interval, currency, priceMinor }: Subscription): Terms {
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
