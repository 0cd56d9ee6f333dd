import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Invoice } from './invoice.ts'
import { listLines } from './invoice-queries.ts'

/** The document of a sealed invoice, drawn when somebody needs it first and then kept. Of two who draw at once one is kept, for both. */
export async function keepDocument(scope: TenantScope, invoice: Invoice): Promise<Buffer> {
  const kept = await findDocument(scope, invoice.id)
  if (kept !== undefined) return kept
  // Loaded by the first document: typesetting is much code, and most processes never draw one.
  const { drawInvoice } = await import('./draw-invoice.ts')
  const pdf = await drawInvoice(invoice, await listLines(scope, invoice.id))
  await scope.run(
    sql`insert into tenantry.invoice_documents (invoice_id, pdf) values (${invoice.id}::uuid, ${pdf}::bytea) on conflict do nothing`,
  )
  return (await findDocument(scope, invoice.id)) ?? pdf
}

async function findDocument(scope: TenantScope, invoiceId: string): Promise<Buffer | undefined> {
  const found = await scope.first(
    sql<{ pdf: Buffer }>`select pdf from tenantry.invoice_documents where invoice_id = ${invoiceId}::uuid`,
  )
  return found?.pdf
}
