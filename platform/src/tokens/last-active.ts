import { type SqlFragment, sql } from '../isolation/statement.ts'

/** Once an hour, and once a day, is enough to see who is still about; each change is an entry of the audit. */
export function markActive(memberIds: readonly string[]): SqlFragment {
  return sql`update tenantry.members set last_active_at = date_trunc('minute', tenantry.clock())
    where id = any(${memberIds}::uuid[]) and (last_active_at is null or last_active_at < greatest(
      tenantry.clock() - interval '1 hour', date_trunc('day', tenantry.clock(), 'UTC')))`
}
