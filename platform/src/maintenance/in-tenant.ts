import type { Client } from 'pg'

/** The maintenance worker, in the audit's words. */
const maintainer = '00000000-0000-7000-8000-6d61696e7461'

/**
 * One transaction in one tenant's context: under FORCE the owner sees nothing without one, and never two tenants at once.
 */
export async function inTenant<T>(client: Client, tenantId: string, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    await client.query(
      `select set_config('tenantry.tenant', $1, true), set_config('tenantry.actor', $2, true),
              set_config('tenantry.actor_kind', 'system', true), set_config('tenantry.reach', 'all', true)`,
      [tenantId, maintainer],
    )
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
