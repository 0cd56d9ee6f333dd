import type { Pool } from 'pg'

/** Seconds for which a node has a tenant's outbox to itself; longer telling renews it. */
const claimSeconds = 30

/**
 * A claim sets the mark's due time to infinity. Whoever emits an event afterwards moves it back to now, and so takes from the
 * claimer the right to remove the mark: no event can come between the last look and the removal and be forgotten.
 */
const claimed = `'infinity'::timestamptz`
const free = `(claimed_until is null and due_at <= tenantry.clock() or claimed_until <= tenantry.clock())`

/** Tenants with something to tell, claimed for this node. Those whose mark a writer holds come at the next look. */
export async function claimOutboxes(pool: Pool, most: number): Promise<string[]> {
  const { rows } = await pool.query<{ tenantId: string }>({
    name: 'claim outboxes',
    text: `${claimOf(`order by due_at limit $1 for update skip locked`)}`,
    values: [most],
  })
  return rows.map(({ tenantId }) => tenantId)
}

/** One that has waited for more than a second, because whenever we looked somebody was writing: this time we wait for its lock. */
export async function claimBusyOutbox(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ tenantId: string }>({
    name: 'claim a busy outbox',
    text: claimOf(`and due_at < tenantry.clock() - interval '1 second' order by due_at limit 1 for update`),
  })
  return rows.map(({ tenantId }) => tenantId)
}

function claimOf(which: string): string {
  return `update tenantry.work set claimed_until = tenantry.clock() + interval '${claimSeconds} seconds', due_at = ${claimed},
      attempts = attempts + 1
    where (tenant_id, kind, object_id) in (
      select tenant_id, kind, object_id from tenantry.work where kind = 'outbox' and ${free} ${which})
    returning tenant_id as "tenantId"`
}

/** Marks that a writer holds at this moment are renewed the next time: waiting for one would let the others run out. */
export async function renewClaims(pool: Pool, tenantIds: readonly string[]): Promise<void> {
  await pool.query(
    `update tenantry.work set claimed_until = tenantry.clock() + interval '${claimSeconds} seconds'
      where (tenant_id, kind, object_id) in (
        select tenant_id, kind, object_id from tenantry.work
         where kind = 'outbox' and tenant_id = any($1::uuid[]) and claimed_until is not null for update skip locked)`,
    [tenantIds],
  )
}

/** Ends a claim: the mark goes when everything was told, or is due again in `rest` milliseconds. */
export async function releaseOutbox(pool: Pool, tenantId: string, rest: number | undefined): Promise<void> {
  if (rest === undefined && (await waiting(pool, removal, [tenantId])) === 1) return
  await waiting(pool, postponement, [tenantId, (rest ?? 0) / 1000])
}

const removal = `delete from tenantry.work where kind = 'outbox' and tenant_id = $1 and due_at = ${claimed}`
const postponement = `update tenantry.work
    set claimed_until = null, attempts = 0, due_at = least(due_at, tenantry.clock() + make_interval(secs => $2))
  where kind = 'outbox' and tenant_id = $1`

const lockNotAvailable = '55P03'
const mostWaits = 60

/** Whoever emits holds the mark until its transaction ends, which may be longer than this pool waits for a lock. */
async function waiting(pool: Pool, text: string, values: readonly unknown[]): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await pool.query(text, [...values])).rowCount ?? 0
    } catch (error) {
      if (attempt === mostWaits || (error as { code?: string }).code !== lockNotAvailable) throw error
    }
  }
}
