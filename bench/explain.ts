import type pg from 'pg'
import type { SqlFragment } from '../platform/src/isolation/statement.ts'
import type { TenantScope } from '../platform/src/isolation/tenant-scope.ts'

/** Milliseconds of planning and execution by PostgreSQL's own clock, as the app role in the tenant's context. */
export async function explain(app: pg.Client, { context }: TenantScope, statement: SqlFragment): Promise<number> {
  await app.query('begin read only')
  try {
    await app.query(
      "select set_config('tenantry.tenant', $1, true), set_config('tenantry.actor', $2, true), set_config('tenantry.reach', $3, true)",
      [context.tenantId, context.actor.id, context.reach],
    )
    // As the lanes have it.
    await app.query('set local jit = off')
    await app.query('set local max_parallel_workers_per_gather = 0')
    const { rows } = await app.query(`explain (analyze, timing off, format json) ${statement.text}`, [...statement.values])
    const [plan] = rows[0]['QUERY PLAN']
    return plan['Planning Time'] + plan['Execution Time']
  } finally {
    await app.query('rollback')
  }
}
