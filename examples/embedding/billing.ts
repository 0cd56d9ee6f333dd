import { type Actor, createTenantry, defineSystem, resource, sql } from 'tenantry'
import { z } from 'zod'

const invoices = resource({
  system: 'billing',
  singular: 'invoice',
  plural: 'invoices',
  table: 'billing.invoices',
  fields: {
    customer: z.string().min(1).max(200),
    amount: z.int().nonnegative(),
    state: z.enum(['open', 'paid']).optional(),
  },
  filters: { state: 'equals' },
  counts: 'invoices',
})

export const billing = defineSystem({
  name: 'billing',
  title: 'Billing',
  migrations: new URL('./migrations/', import.meta.url),
  permissions: { 'billing.invoices:read': 'See invoices', 'billing.invoices:write': 'Change invoices' },
  roles: { owner: ['billing.invoices:read', 'billing.invoices:write'] },
  tiers: { small: { features: [], limits: { invoices: 100 } } },
  resources: [invoices],
})

/** Two tenants, one table: each sees its own invoice. */
export async function main(databaseUrl: string, adminUrl: string): Promise<void> {
  const tenantry = await createTenantry({ databaseUrl, adminUrl, systems: [billing], migrate: true })
  const actor: Actor = { kind: 'system', id: crypto.randomUUID() }
  for (const slug of ['baker', 'brewer']) {
    const tenant = await tenantry.services.tenants.provision({ slug, name: slug, system: 'billing' }, { actor })
    const scope = tenantry.scope({ tenantId: tenant.id, actor })
    await scope.run(sql`insert into billing.invoices (customer, amount) values (${`a customer of the ${slug}`}, 1200)`)
    const open = await scope.run(sql<{ customer: string }>`select customer from billing.invoices where state = 'open'`)
    console.log(`${slug}: ${open.map(({ customer }) => customer).join(', ')}`)
  }
  console.log(`doctor: ${(await tenantry.doctor()).findings.filter(({ weight }) => weight === 'leak').length} leaks`)
  await tenantry.close()
}
