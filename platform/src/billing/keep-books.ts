import { sql } from '../isolation/statement.ts'
import { applyDunning } from './apply-dunning.ts'
import { addArrears, renew } from './begin-period.ts'
import type { Book } from './book.ts'
import { plusDays } from './dunning.ts'
import { endSubscription } from './end-subscription.ts'
import { subscriptionWork } from './first-subscription.ts'
import { secondsBetween } from './proration.ts'
import { hasEnded, isRunning } from './subscription.ts'
import { daysKept, orderErasure } from './tenant-access.ts'

/** Seconds after which the open invoice is reckoned again at the latest: what was reported late shows in it within a day. */
const daily = 86_400

/**
 * Everything that is due by now, each period in its turn, whoever comes first. Answers in how many seconds there is more to do, and
 * null for never. What was done is not done again: every step moves the subscription beyond it, in the transaction of what it does.
 */
export async function keepBooks(book: Book): Promise<number | null> {
  const settled = await settle(book)
  const { subscription, now } = settled.book
  if (hasEnded(subscription)) return afterEnd(settled.book)
  const { trialEndsAt, cancelAt, periodEnd, state } = subscription
  const due = [state === 'trialing' ? trialEndsAt : null, cancelAt, isRunning(subscription) ? periodEnd : null, settled.nextAt]
  const seconds = due.flatMap((at) => (at === null ? [] : [Math.max(1, secondsBetween(now, at))]))
  return Math.min(daily, ...seconds)
}

/** Whoever changes a subscription changes what it is now, and not what the background has not looked at yet. */
export async function upToDate(book: Book): Promise<Book> {
  return (await settle(book)).book
}

async function settle(book: Book): Promise<{ readonly book: Book; readonly nextAt: string | null }> {
  const { subscription, now } = book
  const isOver = (at: string | null) => at !== null && Date.parse(at) <= Date.parse(now)
  if (subscription.state === 'trialing' && isOver(subscription.trialEndsAt)) return settle(await endSubscription(book, 'expired'))
  if (hasEnded(subscription)) return { book, nextAt: null }
  if (isOver(subscription.cancelAt)) return settle(await endSubscription(book, 'canceled'))
  if (isRunning(subscription) && isOver(subscription.periodEnd)) {
    // As it was when the period ended: whoever was to be paused before gets no further period, however late this is looked at.
    const { book: then } = await applyDunning({ ...book, now: subscription.periodEnd })
    return settle(isRunning(then.subscription) ? await renew({ ...then, now }) : { ...then, now })
  }
  const dunned = await applyDunning(book)
  return isRunning(dunned.book.subscription) ? { ...dunned, book: await addArrears(dunned.book, { closing: false }) } : dunned
}

async function afterEnd({ tx, subscription, now }: Book): Promise<number | null> {
  const erasable = plusDays(subscription.endedAt ?? now, daysKept)
  if (Date.parse(now) < Date.parse(erasable)) return Math.max(1, secondsBetween(now, erasable))
  return (await orderErasure(tx, subscription)) ? null : daily
}

/** Whatever changed a subscription says so by this: the work looks at it now. */
export async function lookAgain({ tx, subscription }: Book): Promise<void> {
  await tx.run(sql`select tenantry.schedule(${subscriptionWork}, ${subscription.id}::uuid, tenantry.clock())`, { lane: 'write' })
}
