import type { Directory } from '../directory/directory.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { HeldPlan } from '../plans/plan-queries.ts'
import type { PlanService } from '../plans/plans.ts'
import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import type { UsageService } from '../usage/usage.ts'
import { type AddOn, listAddOns } from './add-on-queries.ts'
import { applyDunning } from './apply-dunning.ts'
import { type Book, noSubscription, openBook } from './book.ts'
import { type AddOnChoice, buyAddOn, endAddOn } from './buy-add-on.ts'
import { applyChange, type ChangePreview, type PlanChoice, type PlannedChange, planChange } from './change-plan.ts'
import { collectPayments } from './collect-payments.ts'
import { endSubscription } from './end-subscription.ts'
import type { Invoice, InvoiceLine } from './invoice.ts'
import { keepDocument } from './invoice-documents.ts'
import { findInvoice, type InvoiceFilter, listInvoices, listLines, type Outcome, settleInvoice } from './invoice-queries.ts'
import { keepBooks, lookAgain, upToDate } from './keep-books.ts'
import { applyMove, type PlanMove, planMove } from './move-plan.ts'
import { manualProvider, type PaymentProvider } from './payment-provider.ts'
import { hasEnded, type Subscription } from './subscription.ts'
import { findSubscription, saveSubscription } from './subscription-queries.ts'

export interface SubscriptionView extends Subscription {
  readonly addOns: readonly AddOn[]
}

export interface BillingService {
  /** @throws not_found for a tenant whose plan is agreed */
  read(scope: TenantScope): Promise<SubscriptionView>
  /** What a change would cost and give, and what would be over; changes nothing. @throws invalid_request, conflict */
  preview(scope: TenantScope, choice: PlanChoice): Promise<ChangePreview>
  /**
   * Upgrades act now, with proration to the second; what is not dearer waits for the end of the period.
   * `version` is the one that was read. @throws invalid_request, conflict, precondition_failed
   */
  change(scope: TenantScope, choice: PlanChoice, version: number | undefined): Promise<SubscriptionView>
  /**
   * Puts the tenant on a plan now, and its bill with it: the rest of the period at the new price, less the rest at the old. A tenant
   * without a subscription pays nothing here and is moved all the same. @throws invalid_request, conflict
   */
  move(scope: TenantScope, order: PlanMove): Promise<HeldPlan>
  /** What `move` would charge, and from when; null for a tenant without a subscription. Changes nothing. @throws invalid_request, conflict */
  previewMove(scope: TenantScope, order: PlanMove): Promise<PlannedChange | null>
  /** Now, without paying back, or at the end of the period. @throws conflict */
  cancel(scope: TenantScope, at: 'now' | 'period_end'): Promise<SubscriptionView>
  /** Takes back a cancellation that has not acted yet. @throws conflict */
  resume(scope: TenantScope): Promise<SubscriptionView>
  /** @throws invalid_request, conflict */
  buyAddOn(scope: TenantScope, choice: AddOnChoice): Promise<SubscriptionView>
  /** @throws not_found */
  endAddOn(scope: TenantScope, addOn: string): Promise<SubscriptionView>
  /** Newest first. */
  invoices(scope: TenantScope, filter: InvoiceFilter): Promise<Invoice[]>
  /** @throws not_found */
  invoice(scope: TenantScope, id: string): Promise<Invoice & { readonly lines: readonly InvoiceLine[] }>
  /** The same bytes for ever. @throws not_found, conflict for a draft */
  document(scope: TenantScope, id: string): Promise<{ readonly number: string; readonly pdf: Buffer }>
  /** What came of a sealed invoice; the subscription follows. The same outcome and reference again changes nothing. @throws not_found, conflict */
  settle(scope: TenantScope, id: string, outcome: Outcome): Promise<Invoice>
  /** All that is due of the scope's tenant. Answers in how many seconds there is more to do; null for never. */
  work(scope: TenantScope): Promise<number | null>
}

declare module '../http/route.ts' {
  interface Services {
    readonly billing: BillingService
  }
}

export interface BillingServiceOptions {
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
  readonly plans: PlanService
  readonly usage: UsageService
  /** Default: `manual`. */
  readonly provider?: PaymentProvider
}

export function createBillingService(options: BillingServiceOptions): BillingService {
  const { directory, plans, provider = manualProvider } = options

  /** One change of the tenant's book, and the answer as it is afterwards. */
  async function change<T>(scope: TenantScope, work: (book: Book) => Promise<T>): Promise<T> {
    const done = await scope.transaction(async (tx) => work(await openBook(tx, options)))
    await directory.catchUp()
    return done
  }

  async function read(scope: TenantScope): Promise<SubscriptionView> {
    const subscription = await findSubscription(scope)
    if (subscription === undefined) throw noSubscription()
    return { ...subscription, addOns: await listAddOns(scope) }
  }

  async function changeAndRead(
    scope: TenantScope,
    work: (book: Book) => Promise<unknown>,
    version?: number,
  ): Promise<SubscriptionView> {
    await change(scope, async (opened) => {
      // Before what time alone has changed: that is nobody's doing.
      refuseOtherVersion(opened, version)
      const book = await upToDate(opened)
      await work(book)
      await lookAgain(book)
    })
    return read(scope)
  }

  async function invoiceOf(scope: TenantScope, id: string): Promise<Invoice> {
    const invoice = await findInvoice(scope, id)
    if (invoice === undefined) throw problems.not_found('There is no such invoice.')
    return invoice
  }

  return {
    read,

    preview: (scope, choice) =>
      change(scope, async (opened) => {
        const book = await upToDate(opened)
        const planned = await planChange(book, choice)
        const { plan, planVersion } = planned.terms
        return { ...planned, entitlements: await plans.preview(book.tx, plan, planVersion) }
      }),

    change: (scope, choice, version) =>
      changeAndRead(scope, async (book) => applyChange(book, await planChange(book, choice)), version),

    async move(scope, order) {
      if ((await findSubscription(scope)) === undefined) return plans.assign(scope, order)
      const { plan, planVersion } = await changeAndRead(scope, async (book) => applyMove(book, await planMove(book, order)))
      return { plan, version: planVersion }
    },

    async previewMove(scope, order) {
      if ((await findSubscription(scope)) === undefined) return null
      return change(scope, async (opened) => planMove(await upToDate(opened), order))
    },

    cancel: (scope, at) =>
      changeAndRead(scope, async (book) => {
        const { tx, subscription } = book
        if (hasEnded(subscription)) throw problems.conflict('The subscription has ended already.')
        if (at === 'now') return endSubscription(book, 'canceled')
        if (subscription.cancelAt !== null) return book
        return saveSubscription(tx, subscription, { cancelAt: subscription.trialEndsAt ?? subscription.periodEnd, pending: null })
      }),

    resume: (scope) =>
      changeAndRead(scope, async ({ tx, subscription }) => {
        if (hasEnded(subscription)) throw problems.conflict('The subscription has ended: choose a plan to begin anew.')
        if (subscription.cancelAt !== null) await saveSubscription(tx, subscription, { cancelAt: null })
      }),

    buyAddOn: (scope, choice) => changeAndRead(scope, (book) => buyAddOn(book, choice)),
    endAddOn: (scope, addOn) => changeAndRead(scope, (book) => endAddOn(book, addOn)),

    invoices: listInvoices,

    async invoice(scope, id) {
      const invoice = await invoiceOf(scope, id)
      return { ...invoice, lines: await listLines(scope, id) }
    },

    async document(scope, id) {
      const invoice = await invoiceOf(scope, id)
      if (invoice.number === null) throw problems.conflict('A draft has no document: it is not an invoice yet.')
      return { number: invoice.number, pdf: await keepDocument(scope, invoice) }
    },

    async settle(scope, id, outcome) {
      const before = await invoiceOf(scope, id)
      if (before.state === outcome.state && before.reference === outcome.reference) return before
      return change(scope, async (book) => {
        const settled = await settleInvoice(book.tx, id, outcome)
        if (settled === undefined) throw problems.conflict(`The invoice is ${(await invoiceOf(book.tx, id)).state}.`)
        await applyDunning(book)
        await lookAgain(book)
        return settled
      })
    },

    async work(scope) {
      const seconds = await change(scope, keepBooks)
      await collectPayments(scope, provider, this.settle)
      return seconds
    },
  }
}

function refuseOtherVersion({ subscription: { version } }: Book, wanted: number | undefined): void {
  if (wanted === undefined || wanted === version) return
  throw problems.precondition_failed('Somebody changed it since you read it.', { version })
}
