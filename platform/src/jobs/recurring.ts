import type { Services } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'

/**
 * Work that comes back: each object has a time at which it is due again, in one row of `tenantry.work` that stays. For what waits for
 * others most of the time, such as polling; unlike a job it takes no place from mail and imports, and leaves no history.
 *
 * An object's first turn is asked for by `tenantry.schedule(name, id, at)`, in the statement that makes it.
 *
 * @example
 * export const pollControllers = recurring({ name: 'bms.poll_controller', handle: async ({ scope, ref, services }) => {
 *   const connector = await findConnector(scope, ref)
 *   return connector === undefined ? null : poll(scope, services, connector)
 * } })
 */
export interface RecurringDefinition {
  /** `<system>.<verb>`; the kind of its rows. */
  readonly name: string
  /** Turns that one node does at a time. Default 64: they mostly wait. */
  readonly concurrency?: number
  /** Of one tenant, over all nodes. Default 4. */
  readonly tenantConcurrency?: number
  /** Seconds a turn may take. Default 30. */
  readonly timeout?: number
  /** Turns are also taken while the tenant may only read: for work whose end is that it may write again. */
  readonly whileReadOnly?: boolean
  /** Turns are also taken in tenants that are suspended, archived or deleted: for what operators do to them. */
  readonly inEveryState?: boolean
  /** Answers in how many seconds the object is due again; null for not any more. What it throws is tried again a minute later. */
  readonly handle: (context: RecurringContext) => Promise<number | null>
}

export interface RecurringContext {
  readonly scope: TenantScope
  /** Id of the object. */
  readonly ref: string
  readonly services: Services
  /** Fires when the turn's time is over, or its node stops. The scope heeds it already. */
  readonly signal: AbortSignal
}

export function recurring(definition: RecurringDefinition): RecurringDefinition {
  return definition
}
