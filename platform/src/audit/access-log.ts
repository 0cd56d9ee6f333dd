import { type Statement, sql } from '../isolation/statement.ts'
import type { LoggedRead } from '../isolation/tenant-scope.ts'

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** A read as a scope logs it: `scope({ …, logged: loggedRead('building.read', id) })`. An id that is none is left out: it must not fail the read. */
export function loggedRead(action: string, objectId?: unknown): LoggedRead {
  return typeof objectId === 'string' && uuid.test(objectId) ? { action, objectId } : { action }
}

/** The same as a statement, for what is logged in one transaction with something else. */
export function accessLogged(action: string, objectId?: unknown): Statement {
  return sql`select tenantry.record_access(${action}, ${loggedRead(action, objectId).objectId}::uuid)`
}

/** The action of a read that was asked for and not allowed. Beside it the read itself may stand, when its statement ran first. */
export function refusedAction(action: string): string {
  return `${action}.refused`
}
