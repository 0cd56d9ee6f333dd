import { type SqlFragment, sql } from '../isolation/statement.ts'
import { tenantIs } from '../isolation/tenant-literal.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { AccessEntry, AuditEntry } from './audit-entry.ts'

export interface LogFilter {
  /** Exact, or everything below a prefix that ends in `.*`. */
  readonly action?: string | undefined
  readonly objectId?: string | undefined
  readonly actorId?: string | undefined
  /** RFC 3339; `from` counts itself in, `to` does not. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Where the page before ended. */
export interface LogPosition {
  readonly at: string
  readonly id: string
}

const who = sql`id, at, actor_kind, actor_id, impersonator, action, object_id, request_id, address, user_agent`

/** Entries, the newest first; without `limit` all of them, for a stream. */
export function auditEntries(scope: TenantScope, filter: LogFilter, after?: LogPosition, limit?: number) {
  return sql<AuditEntry>`select ${who}, object_type, before, after from tenantry.audit_entries
    where ${sql.join(conditions(scope, filter, after), ' and ')} ${newestFirst(limit)}`
}

export function accessEntries(scope: TenantScope, filter: LogFilter, after?: LogPosition, limit?: number) {
  return sql<AccessEntry>`select ${who} from tenantry.access_log
    where ${sql.join(conditions(scope, filter, after), ' and ')} ${newestFirst(limit)}`
}

function conditions(scope: TenantScope, filter: LogFilter, after: LogPosition | undefined): SqlFragment[] {
  const { action, objectId, actorId, from, to } = filter
  return [
    tenantIs(scope),
    ...(action === undefined ? [] : [actionIs(action)]),
    ...(objectId === undefined ? [] : [sql`object_id = ${objectId}::uuid`]),
    ...(actorId === undefined ? [] : [sql`actor_id = ${actorId}::uuid`]),
    ...(from === undefined ? [] : [sql`at >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [sql`at < ${to}::timestamptz`]),
    ...(after === undefined ? [] : [sql`(at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`]),
  ]
}

/** `^@` and not LIKE: under row-level security only leakproof operators reach an index. */
function actionIs(action: string): SqlFragment {
  return action.endsWith('.*') ? sql`action ^@ ${action.slice(0, -1)}` : sql`action = ${action}`
}

function newestFirst(limit: number | undefined): SqlFragment {
  const order = sql`order by at desc, id desc`
  return limit === undefined ? order : sql`${order} limit ${limit}::int`
}
