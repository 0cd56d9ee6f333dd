import { startPlan } from './begin-period.ts'
import type { Book } from './book.ts'
import { type Dunning, dunningOf } from './dunning.ts'
import { endSubscription } from './end-subscription.ts'
import { debtsOf } from './invoice-queries.ts'
import { isRunning } from './subscription.ts'
import { saveSubscription } from './subscription-queries.ts'
import { resumeTenant, suspendTenant } from './tenant-access.ts'

/** Brings a subscription to where its open invoices say it is; does nothing where it is there already, in a trial, or at its end. */
export async function applyDunning(book: Book): Promise<{ readonly book: Book; readonly nextAt: string | null }> {
  const { tx, subscription, now } = book
  if (!isRunning(subscription) && subscription.state !== 'paused') return { book, nextAt: null }
  const { state, nextAt } = dunningOf(await debtsOf(tx, subscription.id, now), now)
  return { book: await moved(book, state), nextAt }
}

async function moved(book: Book, state: Dunning['state']): Promise<Book> {
  const { tx, subscription, now } = book
  if (state === subscription.state) return book
  if (state === 'canceled') return endSubscription(book, 'canceled')
  if (state === 'paused')
    return { ...book, subscription: await suspendTenant(tx, await saveSubscription(tx, subscription, { state })) }
  // Nothing was delivered while it was paused, so a period that ended meanwhile is not made up for: a new one begins.
  if (subscription.state === 'paused' && state === 'active' && Date.parse(subscription.periodEnd) <= Date.parse(now)) {
    return startPlan(book, subscription.pending ?? subscription)
  }
  return { ...book, subscription: await resumeTenant(tx, await saveSubscription(tx, subscription, { state })) }
}
