import type { Client } from 'pg'
import { inTenant } from './in-tenant.ts'

/** How long what is over is kept beside the audit, which has it anyway. */
const kept = { handOffs: '1 day', families: '90 days', mails: '30 days' } as const

/** Hand-offs and families of refresh tokens that are long over, and mails that nobody took, tenant by tenant. Answers how many rows went. */
export async function pruneTokens(client: Client, tenants: AsyncIterable<string>): Promise<number> {
  let pruned = 0
  for await (const tenantId of tenants) {
    pruned += await inTenant(client, tenantId, async () => {
      const handOffs = await client.query('delete from tenantry.hand_offs where expires_at < tenantry.clock() - $1::interval', [
        kept.handOffs,
      ])
      const families = await client.query(
        'delete from tenantry.refresh_families where coalesce(ended_at, expires_at) < tenantry.clock() - $1::interval',
        [kept.families],
      )
      // Their links are over. What was sent is gone already.
      const mails = await client.query('delete from tenantry.mails where created_at < tenantry.clock() - $1::interval', [
        kept.mails,
      ])
      return (handOffs.rowCount ?? 0) + (families.rowCount ?? 0) + (mails.rowCount ?? 0)
    })
  }
  return pruned
}
