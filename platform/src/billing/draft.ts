import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { InvoiceLine } from './invoice.ts'
import type { Subscription } from './subscription.ts'

/** The one open invoice of a subscription: what is charged waits in it until it is sealed. There is none where nothing waits. */
export async function findDraft(tx: TenantScope, subscriptionId: string): Promise<string | undefined> {
  const draft = sql<{
    id: string
  }>`select id from tenantry.invoices where subscription_id = ${subscriptionId}::uuid and state = 'draft'`
  return (await tx.first(draft))?.id
}

async function makeDraft(tx: TenantScope, { id, currency, periodEnd }: Subscription): Promise<string> {
  const made = await tx.first(sql<{
    id: string
  }>`insert into tenantry.invoices (subscription_id, currency, period_start, period_end)
    values (${id}::uuid, ${currency}, ${periodEnd}, ${periodEnd}) returning id`)
  if (made === undefined) throw new Error('the draft was not made')
  return made.id
}

export async function addLines(tx: TenantScope, subscription: Subscription, lines: readonly InvoiceLine[]): Promise<void> {
  if (lines.length === 0) return
  const draft = (await findDraft(tx, subscription.id)) ?? (await makeDraft(tx, subscription))
  const column = <K extends keyof InvoiceLine>(name: K) => lines.map((line) => line[name] ?? null)
  await tx.run(sql`insert into tenantry.invoice_lines (invoice_id, position, kind, description, quantity, amount_minor, meter, period_start, period_end)
    select ${draft}::uuid, n + coalesce((select max(position) from tenantry.invoice_lines where invoice_id = ${draft}::uuid), 0),
           kind, description, quantity, amount_minor, meter, period_start, period_end
      from unnest(${column('kind')}::text[], ${column('description')}::text[], ${column('quantity')}::bigint[], ${column('amountMinor')}::bigint[],
                  ${column('meter')}::text[], ${column('periodStart')}::timestamptz[], ${column('periodEnd')}::timestamptz[])
        with ordinality as l (kind, description, quantity, amount_minor, meter, period_start, period_end, n)`)
}
