import type { Minor } from './money.ts'
import type { Seller } from './seller.ts'

export const invoiceStates = ['draft', 'sealed', 'paid', 'void'] as const
export type InvoiceState = (typeof invoiceStates)[number]
export type InvoiceKind = 'period' | 'change' | 'final'

/** A row of `tenantry.invoices`. What a draft does not know yet is null. Times are RFC 3339. */
export interface Invoice {
  readonly id: string
  readonly kind: InvoiceKind
  readonly state: InvoiceState
  readonly periodStart: string
  readonly periodEnd: string
  readonly currency: string
  /** Of the seller's sequence, without gaps. */
  readonly number: string | null
  readonly seller: Seller | null
  readonly buyer: Buyer | null
  readonly subtotalMinor: Minor | null
  readonly taxMinor: Minor | null
  readonly totalMinor: Minor | null
  readonly sealedAt: string | null
  readonly dueAt: string | null
  readonly paidAt: string | null
  readonly voidedAt: string | null
  readonly failedAt: string | null
  readonly failures: number
  readonly reference: string | null
  readonly version: number
  readonly createdAt: string
}

export interface Buyer {
  readonly name: string
  readonly email: string | null
}

export type LineKind = 'plan' | 'proration' | 'add_on' | 'overage' | 'adjustment' | 'carried'

export interface InvoiceLine {
  readonly kind: LineKind
  readonly description: string
  readonly quantity: number
  readonly amountMinor: Minor
  /** Of overage and adjustments. */
  readonly meter?: string | null
  readonly periodStart: string | null
  readonly periodEnd: string | null
}
