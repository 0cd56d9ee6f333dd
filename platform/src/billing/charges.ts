import type { AddOn } from './add-on-queries.ts'
import type { InvoiceLine } from './invoice.ts'
import type { Minor } from './money.ts'
import { remainderOf, type Span } from './proration.ts'

/** A plan for a whole period. What costs nothing has no line. */
export function planLine(title: string, price: Minor, { start, end }: Span): InvoiceLine[] {
  return lineOf('plan', title, price, start, end)
}

/** Add-ons that go on, for a whole period. */
export function addOnLines(addOns: readonly AddOn[], { start, end }: Span): InvoiceLine[] {
  const charged = addOns.filter(
    ({ charge, cancelAt }) => charge === 'recurring' && (cancelAt === null || Date.parse(cancelAt) > Date.parse(start)),
  )
  return charged.flatMap(({ title, priceMinor }) => lineOf('add_on', title, priceMinor, start, end))
}

/** What was bought once. */
export function onceLine(title: string, price: Minor): InvoiceLine[] {
  return lineOf('add_on', title, price, null, null)
}

/** What is left of the period at a price, from a moment on. */
export function remainderLine(
  kind: 'proration' | 'add_on',
  title: string,
  price: Minor,
  period: Span,
  from: string,
): InvoiceLine[] {
  return lineOf(kind, `${title}, rest of the period`, remainderOf(price, period, from), from, period.end)
}

/** The part of a price that was paid for and is not used. */
export function creditLine(title: string, price: Minor, period: Span, from: string): InvoiceLine[] {
  return lineOf('proration', `${title}, not used any more`, -remainderOf(price, period, from), from, period.end)
}

function lineOf(
  kind: InvoiceLine['kind'],
  description: string,
  amountMinor: Minor,
  periodStart: string | null,
  periodEnd: string | null,
): InvoiceLine[] {
  // Also a credit of nothing, which is -0.
  if (amountMinor === 0) return []
  return [{ kind, description, quantity: 1, amountMinor, periodStart, periodEnd }]
}
