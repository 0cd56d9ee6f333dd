import type { Pool } from 'pg'

export interface Turn {
  readonly kind: string
  readonly tenantId: string
  readonly ref: string
}

export interface ClaimLimits {
  readonly most: number
  /** Over all nodes, what is claimed already included. */
  readonly mostPerTenant: number
  /** For which this node has the object to itself. Two that work at once do no harm, only the same twice. */
  readonly seconds: number
}

/** Asked once: the clock is a function that changes, and no index can be searched by one. */
const now = '(select at from moment)'
const free = `(w.claimed_until is null and w.due_at <= ${now} or w.claimed_until <= ${now})`

/**
 * Objects that are due, claimed for this node: the first of every tenant before the second of any. The due time becomes infinity, as
 * with the outbox: who schedules meanwhile moves it back, and that is not forgotten when the turn ends.
 */
export async function claimTurns(pool: Pool, kind: string, { most, mostPerTenant, seconds }: ClaimLimits): Promise<Turn[]> {
  const { rows } = await pool.query<{ tenantId: string; ref: string }>({
    name: 'claim turns',
    text: `with moment as materialized (select tenantry.clock() as at),
      busy as materialized (
        select tenant_id, count(*) as turns from tenantry.work
        where kind = $1 and claimed_until > ${now} group by tenant_id),
      due as materialized (
        select w.tenant_id, w.object_id, w.due_at,
          row_number() over (partition by w.tenant_id order by w.due_at) + coalesce(b.turns, 0) as place
        from tenantry.work w left join busy b on b.tenant_id = w.tenant_id where w.kind = $1 and ${free}),
      chosen as materialized (
        select w.tenant_id, w.object_id from tenantry.work w
        join due d on d.tenant_id = w.tenant_id and d.object_id = w.object_id
        where w.kind = $1 and ${free} and d.place <= $3 order by d.place, d.due_at limit $2 for update of w skip locked)
      update tenantry.work w
      set claimed_until = ${now} + make_interval(secs => $4), due_at = 'infinity', attempts = attempts + 1
      from chosen c where w.kind = $1 and w.tenant_id = c.tenant_id and w.object_id = c.object_id
      returning w.tenant_id as "tenantId", w.object_id as ref`,
    values: [kind, most, mostPerTenant, seconds],
  })
  return rows.map((row) => ({ kind, ...row }))
}

/** Ends a turn: due again in so many seconds, or earlier if somebody said so meanwhile; null takes the mark away unless somebody did. */
export async function endTurn(pool: Pool, { kind, tenantId, ref }: Turn, seconds: number | null): Promise<void> {
  if (seconds === null) {
    const { rowCount } = await pool.query(
      `delete from tenantry.work where kind = $1 and tenant_id = $2 and object_id = $3 and due_at = 'infinity'`,
      [kind, tenantId, ref],
    )
    if (rowCount === 1) return
  }
  await pool.query(
    `update tenantry.work
     set claimed_until = null, attempts = 0, due_at = least(due_at, tenantry.clock() + make_interval(secs => $4))
     where kind = $1 and tenant_id = $2 and object_id = $3`,
    [kind, tenantId, ref, seconds ?? 0],
  )
}
