import { type Statement, sql } from '../isolation/statement.ts'

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/**
 * The row of the access log for a read, to ride with it: `scope({ …, accompaniedBy: accessLogged('building.read', id) })`.
 * Who, from where and when come from the scope's context. An id that is none is left out: a log row must not fail the read.
 */
export function accessLogged(action: string, objectId?: unknown): Statement {
  const id = typeof objectId === 'string' && uuid.test(objectId) ? objectId : null
  return sql`select tenantry.record_access(${action}, ${id}::uuid)`
}

/** The action of a read that was asked for and not allowed. Beside it the read itself may stand, when its statement ran first. */
export function refusedAction(action: string): string {
  return `${action}.refused`
}
