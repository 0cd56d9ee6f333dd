import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { addLines, findDraft } from './draft.ts'
import type { Buyer, InvoiceKind } from './invoice.ts'
import { listLines, settleInvoice } from './invoice-queries.ts'
import { shareOf } from './money.ts'
import type { Span } from './proration.ts'
import { type Seller, type SoldSystem, sellerOf } from './seller.ts'
import type { Subscription } from './subscription.ts'
import type { Held } from './subscription-queries.ts'

/** For good: number, seller, buyer and totals are those of this moment. Nothing where nothing is to be charged. */
export async function sealDraft(
  tx: TenantScope,
  { subscription, tenant }: Held,
  system: SoldSystem,
  { kind, start, end }: Span & { readonly kind: InvoiceKind },
): Promise<void> {
  const id = await findDraft(tx, subscription.id)
  if (id === undefined) return
  const carried = await carryCredit(tx, subscription, id, kind)
  const lines = await listLines(tx, id)
  const seller = sellerOf(system)
  const subtotal = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
  const tax = shareOf(subtotal, seller.tax?.basisPoints ?? 0, 10_000)
  const buyer: Buyer = { name: tenant.name, email: tenant.billingEmail }
  await tx.run(seal(id, { kind, start, end, seller, buyer, subtotal, tax }), { lane: 'write' })
  if (subtotal + tax === 0) await settleInvoice(tx, id, { state: 'paid', reference: null })
  // In a draft of its own, which there can be only now.
  if (carried !== 0) await addLines(tx, subscription, [carriedLine(-carried, 'Credit from the invoice before')])
}

/** Nobody is asked for less than nothing: a credit goes into the next invoice. The last invoice has none after it, and says the credit. */
async function carryCredit(tx: TenantScope, subscription: Subscription, draft: string, kind: InvoiceKind): Promise<number> {
  const sum = (await listLines(tx, draft)).reduce((total, { amountMinor }) => total + amountMinor, 0)
  if (sum >= 0 || kind === 'final') return 0
  await addLines(tx, subscription, [carriedLine(-sum, 'Credit carried to the next invoice')])
  return -sum
}

function carriedLine(amountMinor: number, description: string) {
  return { kind: 'carried', description, quantity: 1, amountMinor, periodStart: null, periodEnd: null } as const
}

interface Sealed extends Span {
  readonly kind: InvoiceKind
  readonly seller: Seller
  readonly buyer: Buyer
  readonly subtotal: number
  readonly tax: number
}

/** A period is billed once, so its start is the key; of changes there may be several within a second. */
function seal(id: string, { kind, start, end, seller, buyer, subtotal, tax }: Sealed) {
  return sql`with sealed as (
      update tenantry.invoices set state = 'sealed', kind = ${kind},
          period_start = case when ${kind} = 'change' then tenantry.clock() else ${start}::timestamptz end, period_end = ${end},
          seller = ${JSON.stringify(seller)}::jsonb, buyer = ${JSON.stringify(buyer)}::jsonb,
          subtotal_minor = ${subtotal}::bigint, tax_minor = ${tax}::bigint, total_minor = ${subtotal + tax}::bigint,
          sealed_at = date_trunc('second', tenantry.clock()),
          due_at = date_trunc('second', tenantry.clock()) + make_interval(days => ${seller.paymentDays}::int),
          version = version + 1, updated_at = tenantry.clock()
        where id = ${id}::uuid returning id, number, total_minor, currency, due_at)
    select tenantry.emit('invoice.sealed', id, jsonb_build_object('number', number, 'totalMinor', total_minor, 'currency', currency,
      'dueAt', due_at)) from sealed`
}
