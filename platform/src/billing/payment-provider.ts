import type { Invoice } from './invoice.ts'

/** Who takes the money. Asked outside any transaction, so that a slow provider holds nothing; what it answers is booked afterwards. */
export interface PaymentProvider {
  /** `manual` */
  readonly name: string
  /**
   * Asks for the money of a sealed invoice. Called again for the same invoice until it is paid or void, also after a crash between the
   * answer and its booking: the invoice's id is the key by which the provider knows that it was asked before.
   */
  collect(invoice: Invoice, tenantId: string): Promise<Collection>
}

export type Collection =
  | { readonly outcome: 'paid' | 'failed'; readonly reference: string }
  /** It tells later, or somebody else does. */
  | { readonly outcome: 'waiting' }

/** Bank transfer and the like: an operator says what came in. Needs no account anywhere. */
export const manualProvider: PaymentProvider = {
  name: 'manual',
  collect: () => Promise.resolve({ outcome: 'waiting' }),
}
