import type { Pool } from 'pg'

/** Seconds for which a node has a tenant's points to itself. Two that work at once do no harm, only the same twice. */
const claimSeconds = 120

export interface Claim {
  readonly tenantId: string
  readonly kind: string
}

/**
 * Tenants whose points have something due, claimed for this node. The due time becomes infinity, as with the outbox: who writes
 * afterwards moves it back and so takes from the claimer the right to remove the mark.
 */
export async function claimPoints(pool: Pool, kinds: readonly string[], most: number): Promise<readonly Claim[]> {
  const { rows } = await pool.query<Claim>({
    name: 'claim points',
    text: `update tenantry.work
      set claimed_until = tenantry.clock() + interval '${claimSeconds} seconds', due_at = 'infinity', attempts = attempts + 1
      where (tenant_id, kind, object_id) in (
        select tenant_id, kind, object_id from tenantry.work
        where kind = any($1::text[])
          and (claimed_until is null and due_at <= tenantry.clock() or claimed_until <= tenantry.clock())
        order by due_at limit $2 for update skip locked)
      returning tenant_id as "tenantId", kind`,
    values: [[...kinds], most],
  })
  return rows
}

/** Due again at that time, or earlier if a writer said so meanwhile. */
export async function postpone(pool: Pool, { tenantId, kind }: Claim, dueAt: string): Promise<void> {
  await pool.query(
    `update tenantry.work set claimed_until = null, attempts = 0, due_at = least(due_at, $3::timestamptz)
     where tenant_id = $1 and kind = $2 and object_id = $1`,
    [tenantId, kind, dueAt],
  )
}

/** Nothing is left: the mark goes, unless a writer moved it. */
export async function remove(pool: Pool, { tenantId, kind }: Claim): Promise<void> {
  const { rowCount } = await pool.query(
    `delete from tenantry.work where tenant_id = $1 and kind = $2 and object_id = $1 and due_at = 'infinity'`,
    [tenantId, kind],
  )
  if (rowCount === 0) await postpone(pool, { tenantId, kind }, 'infinity')
}
