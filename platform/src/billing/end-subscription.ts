import { endRecurringAddOns } from './add-on-queries.ts'
import { addArrears } from './begin-period.ts'
import type { Book } from './book.ts'
import { sealDraft } from './seal-draft.ts'
import { saveSubscription } from './subscription-queries.ts'
import { suspendTenant } from './tenant-access.ts'

/**
 * Nothing is charged any more but what was used. What is prepaid is not paid back; whoever wants to use it cancels to the end of the period.
 * The tenant is read-only from here, and its data is kept.
 */
export async function endSubscription(book: Book, state: 'canceled' | 'expired'): Promise<Book> {
  const { tx, now, system, plans } = book
  const settled = await addArrears(book, { closing: true })
  await sealDraft(tx, settled, system, { kind: 'final', start: settled.subscription.periodStart, end: now })
  for (const addOn of await endRecurringAddOns(tx, now)) await plans.endAddOn(tx, addOn)
  const ended = await saveSubscription(tx, settled.subscription, { state, endedAt: now, cancelAt: null, pending: null })
  return { ...settled, subscription: await suspendTenant(tx, ended) }
}
