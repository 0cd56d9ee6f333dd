import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Invoice } from './invoice.ts'
import { keepDocument } from './invoice-documents.ts'
import { findInvoice, type Outcome } from './invoice-queries.ts'
import type { PaymentProvider } from './payment-provider.ts'

/** Draws what was sealed, and asks for the money of what is open: both after the commit that sealed it, and again after a crash. */
export async function collectPayments(
  scope: TenantScope,
  provider: PaymentProvider,
  settle: (scope: TenantScope, id: string, outcome: Outcome) => Promise<unknown>,
): Promise<void> {
  for (const invoice of await withoutDocument(scope)) await keepDocument(scope, invoice)
  for (const invoice of await open(scope)) {
    const collection = await provider.collect(invoice, scope.context.tenantId)
    if (collection.outcome === 'waiting') continue
    await settle(scope, invoice.id, { state: collection.outcome, reference: collection.reference })
  }
}

/** At most a hundred; more come with the next turn. */
async function withoutDocument(scope: TenantScope): Promise<Invoice[]> {
  const ids = sql<{
    id: string
  }>`select i.id from tenantry.invoices i left join tenantry.invoice_documents d on d.invoice_id = i.id
    where i.state <> 'draft' and d.invoice_id is null order by i.id limit 100`
  return each(scope, await scope.run(ids))
}

async function open(scope: TenantScope): Promise<Invoice[]> {
  return each(
    scope,
    await scope.run(sql<{ id: string }>`select id from tenantry.invoices where state = 'sealed' order by id limit 100`),
  )
}

async function each(scope: TenantScope, rows: readonly { readonly id: string }[]): Promise<Invoice[]> {
  const invoices = await Promise.all(rows.map(({ id }) => findInvoice(scope, id)))
  return invoices.filter((invoice) => invoice !== undefined)
}
