import type { Services } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'

/**
 * Something that happened in a tenant. Written to the outbox in the transaction that made it happen, so it is told
 * if and only if that transaction committed; told at least once, in order per object.
 */
export interface OutboxEvent {
  readonly id: string
  /** `<system>.<thing>.<past tense>`: `bms.building.created`. */
  readonly type: string
  readonly tenantId: string
  readonly objectId: string
  /** Grows with each event of the object, so that a consumer can drop an older one. */
  readonly version: number
  readonly data: Readonly<Record<string, unknown>>
  /** RFC 3339. */
  readonly at: string
}

/** Reacts to events inside their tenant's scope; must bear being told twice. */
export interface Subscriber {
  readonly name: string
  /** Exact types, a prefix that ends in `.*`, or `*`. */
  readonly events: readonly string[]
  /** Seconds that one call may take; then it counts as failed and is told again. Default 30. */
  readonly timeout?: number
  readonly handle: (event: OutboxEvent, context: SubscriberContext) => Promise<void>
}

export interface SubscriberContext {
  readonly scope: TenantScope
  readonly services: Services
  /** Fires when the call's time is over, or its node stops: hand it on to whatever waits. The scope heeds it already. */
  readonly signal: AbortSignal
}
