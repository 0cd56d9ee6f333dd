import { problems } from '../problems/catalogue.ts'
import { type AddOn, cancelAddOn, insertAddOn, listAddOns } from './add-on-queries.ts'
import type { Book } from './book.ts'
import { onceLine, remainderLine } from './charges.ts'
import { addLines } from './draft.ts'
import { sealDraft } from './seal-draft.ts'
import { addOnTermsOf } from './terms.ts'

export interface AddOnChoice {
  readonly addOn: string
  /** By the subscription's interval, or once. */
  readonly charge: 'recurring' | 'once'
}

/**
 * At once: what it gives is there, and what is left of the period is charged. Whoever has it already keeps it; a cancellation is taken back.
 *
 * @throws invalid_request, conflict
 */
export async function buyAddOn(book: Book, { addOn, charge }: AddOnChoice): Promise<void> {
  const { tx, subscription, system, plans, now } = book
  if (subscription.state !== 'active')
    throw problems.conflict('Add-ons need an active subscription: choose a plan, or pay what is overdue.')
  const held = (await listAddOns(tx)).find((each) => each.addOn === addOn)
  if (held !== undefined) return keepAddOn(book, held, charge)
  const terms = await addOnTermsOf(plans, system.name, addOn, charge === 'once' ? 'once' : subscription.interval)
  if (terms.currency !== subscription.currency) throw problems.conflict(`The add-on is sold in ${terms.currency}.`)
  await insertAddOn(tx, subscription.id, { addOn, charge, title: terms.title, priceMinor: terms.priceMinor })
  await plans.giveAddOn(tx, { key: addOn })
  const period = { start: subscription.periodStart, end: subscription.periodEnd }
  const lines =
    charge === 'once'
      ? onceLine(terms.title, terms.priceMinor)
      : remainderLine('add_on', terms.title, terms.priceMinor, period, now)
  await addLines(tx, subscription, lines)
  await sealDraft(tx, book, system, { kind: 'change', start: now, end: subscription.periodEnd })
}

async function keepAddOn({ tx, plans }: Book, { addOn, charge, cancelAt }: AddOn, wanted: AddOn['charge']): Promise<void> {
  if (charge !== wanted) throw problems.conflict(`The tenant has this add-on already, charged ${charge}.`)
  if (cancelAt === null) return
  await cancelAddOn(tx, addOn, null)
  await plans.giveAddOn(tx, { key: addOn })
}

/** It goes on to the end of the period that is paid. @throws not_found for one that does not recur, or is not there */
export async function endAddOn({ tx, subscription, plans }: Book, addOn: string): Promise<void> {
  if ((await cancelAddOn(tx, addOn, subscription.periodEnd)).length === 0)
    throw problems.not_found('The tenant has no such recurring add-on.')
  await plans.giveAddOn(tx, { key: addOn, until: subscription.periodEnd })
}
