import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'

/** One after the other: whoever changes who may do what in the tenant sees what the one before him did. Held until the commit. */
export function lockPeople(scope: TenantScope): SqlFragment {
  return sql`select pg_advisory_xact_lock(hashtextextended('tenantry.people ' || ${scope.context.tenantId}, 0))`
}
