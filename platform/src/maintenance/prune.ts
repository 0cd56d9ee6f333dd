import type { Client } from 'pg'
import { inTenant } from './in-tenant.ts'

/** Answers that were kept for a day, and notifications of three months ago, tenant by tenant. Answers how many rows went. */
export async function pruneKeptAnswers(client: Client, tenants: AsyncIterable<string>): Promise<number> {
  let pruned = 0
  for await (const tenantId of tenants) {
    pruned += await inTenant(client, tenantId, async () => {
      const answers = `delete from tenantry.idempotency_keys where created_at < tenantry.clock() - interval '24 hours'`
      const notifications = `delete from tenantry.notifications where created_at < tenantry.clock() - interval '90 days'`
      return (await count(client, answers)) + (await count(client, notifications))
    })
  }
  const operators = `delete from tenantry.operator_idempotency where created_at < tenantry.clock() - interval '24 hours'`
  return pruned + (await count(client, operators))
}

/** Slugs that have rested, and work that an erased tenant left behind. */
export async function pruneExpired(client: Client): Promise<number> {
  return (
    (await count(client, 'delete from tenantry.slug_quarantine where until < tenantry.clock()')) +
    (await count(client, 'delete from tenantry.host_quarantine where until < tenantry.clock()')) +
    (await count(client, 'delete from tenantry.work w using tenantry.tombstones t where t.tenant_id = w.tenant_id'))
  )
}

/**
 * Removes stamps that every node has read. What was committed before the last pass, a minute ago, was below that pass's xmin;
 * the age of a row says nothing, because a long transaction commits old rows.
 */
export class ChangePruner {
  #seenBefore: string | undefined

  async prune(client: Client): Promise<number> {
    const before = this.#seenBefore
    const { rows } = await client.query<{ xmin: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as xmin')
    this.#seenBefore = rows[0]?.xmin
    return before === undefined ? 0 : count(client, 'delete from tenantry.changes where xid < $1::xid8', [before])
  }
}

async function count(client: Client, text: string, values: readonly unknown[] = []): Promise<number> {
  return (await client.query(text, [...values])).rowCount ?? 0
}
