import type { Client } from 'pg'
import { Problem } from '../problems/problem.ts'
import { type Erasure, eraseTenant } from '../tenants/erase-tenant.ts'
import { erasure } from '../tenants/tenant-queries.ts'

/**
 * Erases the tenants whose grace period is over. One that is held waits a day, and so does one that was restored and deleted
 * anew: its mark is still the earlier one's. One that was restored is let go.
 */
export async function eraseDue(client: Client, onFailure: (tenantId: string, error: unknown) => void): Promise<Erasure[]> {
  const erased: Erasure[] = []
  const { rows } = await client.query<{ tenantId: string }>(
    `select tenant_id as "tenantId" from tenantry.work where kind = $1 and due_at <= tenantry.clock() order by due_at limit 100`,
    [erasure],
  )
  for (const { tenantId } of rows) {
    try {
      erased.push(await eraseTenant(client, tenantId))
      await forgetJobs(client, tenantId)
    } catch (error) {
      const code = error instanceof Problem ? error.code : undefined
      const isDeleted = error instanceof Problem && error.members.status === 'deleted'
      if (code === 'not_found' || (code === 'lifecycle_conflict' && !isDeleted))
        await settle(client, tenantId, 'delete from tenantry.work')
      else {
        await settle(
          client,
          tenantId,
          `update tenantry.work set due_at = tenantry.clock() + interval '1 day', attempts = attempts + 1`,
        )
        if (code !== 'legal_hold' && code !== 'lifecycle_conflict') onFailure(tenantId, error)
      }
    }
  }
  return erased
}

async function settle(client: Client, tenantId: string, change: string): Promise<void> {
  await client.query(`${change} where tenant_id = $1 and kind = $2`, [tenantId, erasure])
}

/** What was still to be done for it, and what had failed, holds ids only; nothing of a tenant stays all the same. */
async function forgetJobs(client: Client, tenantId: string): Promise<void> {
  await client.query(`delete from tenantry_jobs.job where data ->> 'tenantId' = $1`, [tenantId])
}
