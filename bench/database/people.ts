import { randomUUID } from 'node:crypto'
import type { Tenantry } from 'tenantry'
import { sharedRealm } from '../../platform/src/identity/realms.ts'
import type { Customer } from './customers.ts'
import { type Installation, onServer } from './installation.ts'

/** An access token of an owner in each customer's tenant, as a program gets it at sign-in. */
export async function tokensOf(
  tenantry: Tenantry,
  { superuserUrl }: Installation,
  customers: readonly Customer[],
): Promise<ReadonlyMap<Customer, string>> {
  const people = customers.map((customer) => ({ customer, userId: randomUUID() }))
  await onServer(superuserUrl, async (client) => {
    await client.query('set session_replication_role = replica')
    await client.query(
      `insert into tenantry.members (tenant_id, user_id, email, name, role)
       select tenant_id, user_id, user_id || '@example.com', 'Bench', 'owner' from unnest($1::uuid[], $2::uuid[]) as new (tenant_id, user_id)`,
      [people.map(({ customer }) => customer.tenantId), people.map(({ userId }) => userId)],
    )
  })
  const tokens = new Map<Customer, string>()
  for (const { customer, userId } of people) {
    const person = { id: userId, realmId: sharedRealm, methods: ['password'] }
    const asking = { id: 'bench', address: '127.0.0.1', userAgent: undefined, origin: tenantry.addressOf(customer.slug) }
    tokens.set(customer, (await tenantry.services.tokens.startProgram(person, customer.tenantId, asking)).accessToken)
  }
  return tokens
}
