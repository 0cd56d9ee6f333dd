import type { Client } from 'pg'
import { inTenant } from './in-tenant.ts'

/**
 * Tenants that were there before there were subscriptions, or before their system sold anything, get the one they would begin with. One
 * tenant per transaction. Answers how many.
 */
export async function beginSubscriptions(client: Client, tenants: AsyncIterable<string>): Promise<number> {
  let begun = 0
  for await (const tenantId of tenants) {
    const { rows } = await inTenant(client, tenantId, () =>
      client.query<{ begun: boolean }>('select tenantry.first_subscription() as begun'),
    )
    if (rows[0]?.begun === true) begun++
  }
  return begun
}
