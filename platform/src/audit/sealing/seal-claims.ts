import type { Pool } from 'pg'

/** Seconds for which a node has a tenant's seals to itself. Two at once do no harm: each number is given once. */
const claimSeconds = 60

export interface SealClaim {
  readonly tenantId: string
  /** Looks in a row that found nothing, this one included. */
  readonly attempts: number
}

/** As with the outbox: the due time becomes infinity, and whoever writes an entry afterwards moves it back. */
export async function claimSealing(pool: Pool, most: number): Promise<readonly SealClaim[]> {
  const { rows } = await pool.query<SealClaim>({
    name: 'claim sealing',
    text: `update tenantry.work
      set claimed_until = tenantry.clock() + interval '${claimSeconds} seconds', due_at = 'infinity', attempts = attempts + 1
      where (tenant_id, kind, object_id) in (
        select tenant_id, kind, object_id from tenantry.work
        where kind = 'audit' and (claimed_until is null and due_at <= tenantry.clock() or claimed_until <= tenantry.clock())
        order by due_at limit $1 for update skip locked)
      returning tenant_id as "tenantId", attempts`,
    values: [most],
  })
  return rows
}

/** Due again in so many seconds, or earlier if an entry was written meanwhile. The mark is never removed. */
export async function releaseSealing(pool: Pool, tenantId: string, seconds: number, found: boolean): Promise<void> {
  await pool.query(
    `update tenantry.work set claimed_until = null, attempts = case when $3 then 0 else attempts end,
        due_at = least(due_at, tenantry.clock() + make_interval(secs => $2))
     where tenant_id = $1 and kind = 'audit' and object_id = $1`,
    [tenantId, seconds, found],
  )
}
