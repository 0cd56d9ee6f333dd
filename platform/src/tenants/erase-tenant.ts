import type { Client } from 'pg'
import { problems } from '../problems/catalogue.ts'
import { type ErasableTable, enrolledTables, erasureOrder } from './erasure-order.ts'

export interface EraseOptions {
  /** Before the grace period is over, and whatever the tenant's state; never under legal hold. */
  readonly force?: boolean
}

export interface Erasure {
  readonly tenantId: string
  readonly slug: string
  /** Rows erased, by table, without those that the erasure itself wrote: `{ "bms.points": 1200 }`. */
  readonly counts: Readonly<Record<string, number>>
}

/** The maintenance worker, in the audit's words. */
const eraser = '00000000-0000-7000-8000-657261736572'

/**
 * Erases a tenant: every row of every enrolled table, in the tenant's own context and in one transaction, proved by counting
 * what is left before it commits. Leaves a tombstone and the slug in quarantine. Only the owner can: give its connection.
 *
 * @throws not_found, legal_hold, lifecycle_conflict (not deleted, or within the grace period, unless forced), and an Error
 * that names the tables if anything is left; nothing is erased then.
 * @example
 * const { counts } = await eraseTenant(client, tenantId)
 */
export async function eraseTenant(client: Client, tenantId: string, options: EraseOptions = {}): Promise<Erasure> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inErasure(client, tenantId, () => erase(client, tenantId, options))
    } catch (error) {
      if (!isDisturbed(error) || attempt === mostAttempts) throw error
    }
  }
}

const mostAttempts = 5

/** Somebody of the background wrote while everything went: a seal, a rollup, a delivery. Or each waited for the other. */
function isDisturbed(error: unknown): boolean {
  return error instanceof RowsLeft || (error instanceof Error && 'code' in error && error.code === '40P01')
}

/**
 * What was under way when a tenant was erased, and committed after it: nobody begins anything for a tenant that is no more, so
 * a look at those of the last day finds the last of it. Answers the number of rows that went.
 */
export async function sweepErased(client: Client): Promise<number> {
  const { rows } = await client.query<{ tenantId: string }>(
    `select tenant_id as "tenantId" from tenantry.tombstones where erased_at > tenantry.clock() - interval '1 day'`,
  )
  const tables = rows.length === 0 ? [] : erasureOrder(await enrolledTables(client))
  let swept = 0
  for (const { tenantId } of rows) {
    swept += await inErasure(client, tenantId, async () => {
      const left = Object.values(await countRows(client, tables, tenantId))
      if (left.length > 0) await deleteRows(client, tables, tenantId)
      await client.query('delete from tenantry.work where tenant_id = $1', [tenantId])
      return left.reduce((sum, count) => sum + count, 0)
    })
  }
  return swept
}

async function erase(client: Client, tenantId: string, { force }: EraseOptions): Promise<Erasure> {
  const slug = await lockErasable(client, tenantId, force === true)
  const audit = await lastSeal(client)
  const tables = erasureOrder(await enrolledTables(client))
  const counts = await countRows(client, tables, tenantId)
  await deleteRows(client, tables, tenantId)
  await proveEmpty(client, tables, tenantId)
  await client.query('delete from tenantry.work where tenant_id = $1', [tenantId])
  await client.query('insert into tenantry.tombstones (tenant_id, slug, counts, audit) values ($1, $2, $3, $4)', [
    tenantId,
    slug,
    counts,
    audit,
  ])
  return { tenantId, slug, counts }
}

/** One transaction in the tenant's own context. */
async function inErasure<T>(client: Client, tenantId: string, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    // A tenant with much in it takes as long as it takes; nobody waits for this transaction's locks but the tenant itself.
    await client.query(
      `select set_config('tenantry.tenant', $1, true), set_config('tenantry.actor', $2, true),
              set_config('tenantry.actor_kind', 'system', true), set_config('tenantry.reach', 'all', true),
              set_config('statement_timeout', '0', true), set_config('lock_timeout', '5s', true)`,
      [tenantId, eraser],
    )
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

async function lockErasable(client: Client, tenantId: string, force: boolean): Promise<string> {
  const { rows } = await client.query<{ slug: string; status: string; legal_hold: boolean; due: boolean }>(
    `select slug, status, legal_hold, coalesce(erase_after <= tenantry.clock(), false) as due
       from tenantry.tenants where id = $1 for update`,
    [tenantId],
  )
  const tenant = rows[0]
  if (tenant === undefined) throw problems.not_found('There is no such tenant.')
  if (tenant.legal_hold) throw problems.legal_hold('The tenant is under legal hold.')
  if (!tenant.due && !force) {
    throw problems.lifecycle_conflict('Only a deleted tenant whose grace period is over is erased.', { status: tenant.status })
  }
  return tenant.slug
}

/** Seals are chained: the last one stands for all of them when they are gone. */
async function lastSeal(client: Client): Promise<unknown> {
  const { rows } = await client.query<{ audit: unknown }>(
    `select jsonb_build_object('segment', number, 'total', total, 'root', statement::jsonb ->> 'root', 'hash', encode(hash, 'hex')) as audit
       from tenantry.audit_segments order by number desc limit 1`,
  )
  return rows[0]?.audit ?? null
}

async function countRows(client: Client, tables: readonly ErasableTable[], tenantId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const { rows } = await client.query<{ rows: string }>(`select count(*) as rows from ${name} where tenant_id = $1`, [tenantId])
    const count = Number(rows[0]?.rows)
    if (count > 0) counts[name] = count
  }
  return counts
}

/**
 * Deleting writes audit entries and stamps counters, so what is written into goes again until nothing is left. The policies
 * leave this tenant's rows alone to be deleted; it is said once more, because where a policy is broken nobody's rows may go.
 */
const mostPasses = 3

async function deleteRows(client: Client, tables: readonly ErasableTable[], tenantId: string): Promise<void> {
  for (let pass = 1; pass <= mostPasses; pass += 1) {
    let deleted = 0
    for (const { name } of tables)
      deleted += (await client.query(`delete from ${name} where tenant_id = $1`, [tenantId])).rowCount ?? 0
    if (deleted === 0) return
  }
}

async function proveEmpty(client: Client, tables: readonly ErasableTable[], tenantId: string): Promise<void> {
  const left = Object.entries(await countRows(client, tables, tenantId))
  if (left.length > 0)
    throw new RowsLeft(`Rows are left, so nothing was erased: ${left.map(([name, rows]) => `${name} ${rows}`).join(', ')}`)
}

class RowsLeft extends Error {
  override readonly name = 'RowsLeft'
}
