import { type Statement, sql } from '../isolation/statement.ts'
import { accessLogged } from './access-log.ts'

/** An operator is in the tenant: with his reason in its audit, and in the log of who read what. */
export function operatorEntered(tenantId: string, reason: string, operation: string): [Statement, Statement] {
  const after = JSON.stringify({ reason, operation })
  return [
    sql`select tenantry.record_audit('platform.tenant.entered', 'tenantry.tenants', ${tenantId}::uuid, ${after}::jsonb)`,
    accessLogged('platform.tenant.entered', tenantId),
  ]
}
