import { z } from 'zod'
import { pageQuery } from '../http/page.ts'
import { invoiceStates } from './invoice.ts'
import { billingIntervals, subscriptionStates } from './subscription.ts'

const Time = z.string().meta({ format: 'date-time' })
const Minor = z.int().describe('In whole minor units: 9900 is 99.00')
const Currency = z.string().describe('ISO 4217')
const Key = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'Must be the key of a plan or add-on.')
const Interval = z.enum(billingIntervals)

const terms = { plan: z.string(), planVersion: z.int(), interval: Interval, currency: Currency, priceMinor: Minor }

export const Subscription = z
  .object({
    id: z.uuid(),
    ...terms,
    state: z.enum(subscriptionStates),
    periodStart: Time,
    periodEnd: Time.describe('Half-open: belongs to the next period'),
    trialEndsAt: Time.nullable(),
    cancelAt: Time.nullable().describe('It ends then'),
    endedAt: Time.nullable(),
    pending: z.object(terms).nullable().describe('What the next period begins with'),
    addOns: z.array(
      z.object({
        id: z.uuid(),
        addOn: z.string(),
        title: z.string(),
        charge: z.enum(['recurring', 'once']),
        priceMinor: Minor,
        cancelAt: Time.nullable(),
        createdAt: Time,
      }),
    ),
    version: z.int(),
  })
  .meta({ id: 'Subscription' })

export const PlanChoice = z.strictObject({ plan: Key, interval: Interval.optional().describe('Default: the one it has') })
export const AddOnCharge = z.strictObject({
  charge: z.enum(['recurring', 'once']).describe("By the subscription's interval, or once"),
})
export const AddOnPath = z.strictObject({ addOn: Key })
export const Cancellation = z.strictObject({
  at: z.enum(['now', 'period_end']).describe('`now` pays nothing back; a trial ends with its days either way'),
})

const line = {
  kind: z.enum(['plan', 'proration', 'add_on', 'overage', 'adjustment', 'carried']),
  description: z.string(),
  quantity: z.int(),
  amountMinor: Minor,
  periodStart: Time.nullable(),
  periodEnd: Time.nullable(),
}

export const ChangePreview = z
  .object({
    kind: z
      .enum(['start', 'upgrade', 'restart', 'next', 'stay'])
      .describe('`start`, `upgrade` and `restart` act at once, `next` at the end of the period'),
    terms: z.object(terms),
    effectiveAt: Time,
    lines: z.array(z.object(line)).describe('What is charged at once, before tax'),
    over: z
      .array(z.object({ name: z.string(), used: z.int(), max: z.int(), over: z.int() }))
      .describe('What would be over: nothing of it is deleted, no more can be made'),
    lost: z.array(z.string()).describe('Features'),
    gained: z.array(z.string()).describe('Features'),
  })
  .meta({ id: 'SubscriptionPreview' })

const invoice = {
  id: z.uuid(),
  number: z.string().nullable().describe("Of the seller's sequence; null for the draft"),
  kind: z.enum(['period', 'change', 'final']),
  state: z.enum(invoiceStates),
  periodStart: Time,
  periodEnd: Time,
  currency: Currency,
  subtotalMinor: Minor.nullable(),
  taxMinor: Minor.nullable(),
  totalMinor: Minor.nullable(),
  sealedAt: Time.nullable(),
  dueAt: Time.nullable(),
  paidAt: Time.nullable(),
  voidedAt: Time.nullable(),
  failedAt: Time.nullable(),
  failures: z.int(),
  reference: z.string().nullable().describe('Of the payment'),
  version: z.int(),
  createdAt: Time,
}

export const Invoice = z.object(invoice).meta({ id: 'Invoice' })
export const Invoices = z.object({ items: z.array(Invoice) }).meta({ id: 'Invoices' })
export const InvoiceWithLines = z.object({ ...invoice, lines: z.array(z.object(line)) }).meta({ id: 'InvoiceWithLines' })
export const invoiceQuery = z.strictObject({
  limit: pageQuery.limit,
  before: z.iso.datetime({ offset: true }).optional().describe('Only those made before: `createdAt` of the last that was seen'),
  state: z.enum(invoiceStates).optional(),
})
export const InvoicePath = z.strictObject({ id: z.uuid() })

/** What an operator says became of a payment. */
export const PaymentNote = z.strictObject({
  reference: z.string().min(1).max(200).optional().describe('Of the payment, in the books of whoever took it'),
})
