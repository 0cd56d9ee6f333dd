import { endCanceledAddOns, listAddOns } from './add-on-queries.ts'
import type { Book } from './book.ts'
import { addOnLines, planLine } from './charges.ts'
import { addLines } from './draft.ts'
import { firstPeriod, nextPeriod } from './next-period.ts'
import { arrears } from './overage.ts'
import type { Span } from './proration.ts'
import { repriceAddOns } from './reprice-add-ons.ts'
import { sealDraft } from './seal-draft.ts'
import type { Terms } from './subscription.ts'
import { saveSubscription } from './subscription-queries.ts'
import { resumeTenant } from './tenant-access.ts'
import { titleOf } from './terms.ts'

/** A plan from this moment on, with an anchor of its own: the first choice, a return, or another interval. Answers the book as it is then. */
export async function startPlan(book: Book, terms: Terms): Promise<Book> {
  const { tx, tenant, now, plans } = book
  const { anchor, ...period } = firstPeriod(terms.interval, tenant.timeZone, now)
  // Before the limits change: what is owed goes by those under which it was used.
  const settled = await addArrears(book, { closing: true })
  await plans.assign(tx, { plan: terms.plan, version: terms.planVersion })
  const subscription = await saveSubscription(tx, settled.subscription, {
    ...terms,
    state: 'active',
    anchor,
    timeZone: tenant.timeZone,
    periodStart: period.start,
    periodEnd: period.end,
    usageSealedUntil: period.start,
    trialEndsAt: null,
    cancelAt: null,
    endedAt: null,
    pending: null,
  })
  await repriceAddOns(tx, book.subscription.interval, terms.interval)
  return chargePeriod({ ...settled, subscription: await resumeTenant(tx, subscription) }, period)
}

/** The next period of a subscription that goes on; a change that waited for it takes place. */
export async function renew(book: Book): Promise<Book> {
  const { tx, tenant, plans } = book
  const settled = await addArrears(book, { closing: false })
  const terms = settled.subscription.pending ?? {}
  const period = nextPeriod({ ...settled.subscription, ...terms }, tenant.timeZone)
  const { pending } = settled.subscription
  if (pending !== null) await plans.assign(tx, { plan: pending.plan, version: pending.planVersion })
  const subscription = await saveSubscription(tx, settled.subscription, {
    ...terms,
    timeZone: tenant.timeZone,
    periodStart: period.start,
    periodEnd: period.end,
    pending: null,
  })
  await repriceAddOns(tx, book.subscription.interval, subscription.interval)
  return chargePeriod({ ...settled, subscription }, period)
}

/** Overage of the months that are over, with `closing` of the running one too, and what was reported late, into the open invoice. */
export async function addArrears(book: Book, { closing }: { readonly closing: boolean }): Promise<Book> {
  const { subscription, lines } = await arrears(book.tx, book, { ...book, closing })
  await addLines(book.tx, subscription, lines)
  return { ...book, subscription }
}

async function chargePeriod(book: Book, period: Span): Promise<Book> {
  const { tx, subscription, system, plans } = book
  await endCanceledAddOns(tx, period.start)
  const title = await titleOf(plans, system.name, subscription)
  const lines = [...planLine(title, subscription.priceMinor, period), ...addOnLines(await listAddOns(tx), period)]
  await addLines(tx, subscription, lines)
  await sealDraft(tx, book, system, { kind: 'period', ...period })
  return book
}
