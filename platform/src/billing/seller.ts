import type { Minor } from './money.ts'

/** Who sells a system: what its invoices say of whoever asks for the money, and how. */
export interface SellerDefinition {
  readonly name: string
  /** Lines of the postal address. */
  readonly address?: readonly string[]
  readonly email?: string
  readonly taxNumber?: string
  /** `#rrggbb` of the invoice's head. */
  readonly colour?: string
  /** Leads the numbers: `ACME-`. Capitals, digits and hyphens. */
  readonly invoicePrefix: string
  /** Days until an invoice is due. Default 14. */
  readonly paymentDays?: number
  /**
   * One rate for every invoice, on top of the prices. Which rate a customer owes by his country and number is not decided here:
   * a seller who must know that needs more than this.
   */
  readonly tax?: { readonly label: string; readonly basisPoints: number }
  /** What is billed beyond limits of the mode `overage`, by their name; a limit that is not named costs nothing beyond. */
  readonly overage?: Readonly<Record<string, OveragePrice>>
}

export interface OveragePrice {
  /** For people: `API calls`. */
  readonly title: string
  /** How many are sold at a time; a part of a lot costs its share. */
  readonly lot: number
  /** Minor units of the subscription's currency for each lot. */
  readonly minor: Minor
}

/** As it stands on an invoice, complete. */
export interface Seller {
  readonly name: string
  readonly address: readonly string[]
  readonly email: string | null
  readonly taxNumber: string | null
  readonly colour: string
  readonly invoicePrefix: string
  readonly paymentDays: number
  readonly tax: { readonly label: string; readonly basisPoints: number } | null
}

/** The platform's own colour. */
const usualColour = '#1f4e79'

/** What billing needs to know of the system that a tenant belongs to. */
export interface SoldSystem {
  readonly name: string
  readonly title: string
  readonly seller?: SellerDefinition
}

export function sellerOf(system: SoldSystem): Seller {
  const { seller } = system
  return {
    name: seller?.name ?? system.title,
    address: seller?.address ?? [],
    email: seller?.email ?? null,
    taxNumber: seller?.taxNumber ?? null,
    colour: seller?.colour ?? usualColour,
    invoicePrefix: seller?.invoicePrefix ?? `${system.name.toUpperCase().replaceAll('_', '-')}-`,
    paymentDays: seller?.paymentDays ?? 14,
    tax: seller?.tax ?? null,
  }
}
