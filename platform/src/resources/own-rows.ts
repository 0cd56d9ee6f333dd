import { type SqlFragment, sql } from '../isolation/statement.ts'
import { tenantIs } from '../isolation/tenant-literal.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { column } from './columns.ts'

/**
 * For lists and aggregates: says the tenant once more, where the planner can see it, and for a limited actor the granted objects,
 * which turns a check per row into an index condition. The policies hold both in any case.
 */
export function ownRows(scope: TenantScope, grantedBy: string | undefined, alias: string): SqlFragment {
  const tenant = tenantIs(scope, alias)
  if (scope.context.reach === 'all' || grantedBy === undefined) return tenant
  return sql`${tenant} and ${column(grantedBy, alias)} = any(array(
    select granted.object_id from tenantry.grants granted
    where ${tenantIs(scope, 'granted')} and granted.actor_id = ${scope.context.actor.id}::uuid))`
}
