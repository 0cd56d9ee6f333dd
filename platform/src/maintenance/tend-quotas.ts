import type { Client } from 'pg'
import { inTenant } from './in-tenant.ts'

/** A counter that did not say how many rows there are. */
export interface MendedCounter {
  readonly tenantId: string
  readonly name: string
}

/** Verdicts after 72 hours, leases that are over, old notices, tenant by tenant. Answers how many rows went. */
export async function pruneQuotas(client: Client, tenants: AsyncIterable<string>): Promise<number> {
  let pruned = 0
  for await (const tenantId of tenants) {
    pruned += await inTenant(client, tenantId, async () => {
      const { rows } = await client.query<{ gone: number }>('select tenantry.prune_quotas()::float8 as gone')
      return rows[0]?.gone ?? 0
    })
  }
  return pruned
}

/** Compares every counter, once a day, with the rows that it counts, and mends those that differ. */
export async function checkCounters(client: Client, tenants: AsyncIterable<string>): Promise<MendedCounter[]> {
  const mended: MendedCounter[] = []
  for await (const tenantId of tenants) {
    await inTenant(client, tenantId, async () => {
      const { rows } = await client.query<{ name: string }>('select name from tenantry.check_counters() name')
      mended.push(...rows.map(({ name }) => ({ tenantId, name })))
    })
  }
  return mended
}
