import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Invoice, InvoiceLine } from './invoice.ts'

const columns = sql`i.id, i.kind, i.state, i.period_start, i.period_end, i.currency, i.number, i.seller, i.buyer, i.subtotal_minor, i.tax_minor,
  i.total_minor, i.sealed_at, i.due_at, i.paid_at, i.voided_at, i.failed_at, i.failures, i.reference, i.version, i.created_at`

export function findInvoice(scope: TenantScope, id: string): Promise<Invoice | undefined> {
  return scope.first(sql<Invoice>`select ${columns} from tenantry.invoices i where i.id = ${id}::uuid`)
}

export interface InvoiceFilter {
  readonly state?: string | undefined
  /** Those made before that moment. RFC 3339. */
  readonly before?: string | undefined
  readonly limit: number
}

/** Newest first. */
export function listInvoices(scope: TenantScope, { state, before, limit }: InvoiceFilter): Promise<Invoice[]> {
  return scope.run(sql<Invoice>`select ${columns} from tenantry.invoices i
    where (${state ?? null}::text is null or i.state = ${state ?? null}) and i.created_at < coalesce(${before ?? null}::timestamptz, 'infinity')
    order by i.created_at desc, i.id desc limit ${limit}::int`)
}

export function listLines(scope: TenantScope, invoiceId: string): Promise<InvoiceLine[]> {
  return scope.run(sql<InvoiceLine>`select kind, description, quantity, amount_minor, meter, period_start, period_end
    from tenantry.invoice_lines where invoice_id = ${invoiceId}::uuid order by position`)
}

/** What became of a sealed invoice. Nothing where it is not sealed any more. */
export type Outcome =
  | { readonly state: 'paid' | 'void'; readonly reference: string | null }
  | { readonly state: 'failed'; readonly reference: string | null }

export function settleInvoice(tx: TenantScope, id: string, { state, reference }: Outcome): Promise<Invoice | undefined> {
  const outcome = {
    paid: sql`state = 'paid', paid_at = tenantry.clock()`,
    void: sql`state = 'void', voided_at = tenantry.clock()`,
    failed: sql`failures = failures + 1, failed_at = date_trunc('second', tenantry.clock())`,
  }[state]
  // `voided` is the event, because `void` is no word for what happened.
  const event = `invoice.${state === 'void' ? 'voided' : state}`
  return tx.first(sql<Invoice>`with settled as (
      update tenantry.invoices as i set ${outcome}, reference = coalesce(${reference}, reference), version = version + 1, updated_at = tenantry.clock()
        where i.id = ${id}::uuid and i.state = 'sealed' returning ${columns})
    select * from settled i where tenantry.emit(${event}, i.id, jsonb_build_object('number', i.number, 'totalMinor', i.total_minor,
      'currency', i.currency, 'state', i.state))::text is not null`)
}

/** What dunning goes by. */
export interface Debts {
  /** Since when the oldest open invoice is overdue; null for none. */
  readonly overdueSince: string | null
  /** When the next one becomes so. */
  readonly nextDueAt: string | null
  /** End of what was paid for. */
  readonly paidThrough: string | null
}

export async function debtsOf(tx: TenantScope, subscriptionId: string, now: string): Promise<Debts> {
  const row = await tx.first(sql<Debts>`select
      min(least(i.due_at, i.failed_at)) filter (where i.state = 'sealed' and least(i.due_at, i.failed_at) <= ${now}::timestamptz) as overdue_since,
      min(i.due_at) filter (where i.state = 'sealed' and i.due_at > ${now}::timestamptz) as next_due_at,
      max(i.period_end) filter (where i.state = 'paid' and i.kind = 'period') as paid_through
    from tenantry.invoices i where i.subscription_id = ${subscriptionId}::uuid`)
  return row ?? { overdueSince: null, nextDueAt: null, paidThrough: null }
}
