import type { RowOf, Runnable, Statement } from './statement.ts'
import type { TextWork } from './thread/text-work.ts'

/** Who acts. Written into the context of every statement, so that audit triggers and policies know. */
export interface Actor {
  readonly kind: 'member' | 'key' | 'operator' | 'system'
  /** UUID of the member, key or operator; of the job or service for `system`. */
  readonly id: string
}

/**
 * `all`: every object of the tenant. `granted`: only objects granted to the actor, and what belongs to them.
 * The database enforces it by a restrictive policy on each table enrolled with `granted_by`.
 */
export type Reach = 'all' | 'granted'

/** Where a request came from; copied into audit entries. */
export interface Origin {
  readonly requestId: string
  readonly address?: string
  readonly userAgent?: string
  /** The operator behind the actor, while one acts as somebody else. */
  readonly impersonator?: string
}

export interface ScopeContext {
  readonly tenantId: string
  readonly actor: Actor
  readonly reach: Reach
  readonly origin: Origin
}

/** What a read is called in the access log. Who, from where and when come from the scope's context. */
export interface LoggedRead {
  /** `building.read`. */
  readonly action: string
  /** UUID of what was read, where it is one object. */
  readonly objectId?: string
}

export interface ScopeOptions {
  readonly tenantId: string
  readonly actor: Actor
  /** Default `all`. */
  readonly reach?: Reach
  readonly origin?: Partial<Origin>
  /** Goes into the access log beside the first thing the scope does. Nothing that it reads is handed over before that is committed. */
  readonly logged?: LoggedRead
  /** Ends waiting work and cancels a stream when it fires. */
  readonly signal?: AbortSignal
}

export interface RunOptions {
  /**
   * `slow` for aggregates and large results: a lane of its own, so that no small read waits behind it.
   * `write` for a select whose function writes: without it the transaction of a select is read-only.
   * Default: `read` for select and values, `write` for the rest.
   */
  readonly lane?: 'read' | 'write' | 'slow'
}

/** A row in PostgreSQL's binary form, a buffer for each column. The buffers hold it during the call only. */
export type RowBytes = readonly (Buffer | null)[]

/** A statement whose rows are not kept: each is handed over as it comes. */
export interface TakenStatement {
  readonly statement: Statement
  readonly take: (columns: RowBytes) => void
}

/** What sees the database as it was at one moment. */
export interface SnapshotScope extends TenantScope {
  /** Several statements, one network write, no row of which is kept. What `take` throws ends them at once. */
  take(statements: readonly TakenStatement[]): Promise<void>
}

/**
 * The one door to tenant rows: every statement runs with the tenant set for it alone, under the tables' own policies.
 * Column names come back in camelCase; times as RFC 3339 strings in UTC; int8 as number (an unsafe one is an error);
 * numeric and uuid as strings.
 */
export interface TenantScope {
  readonly context: ScopeContext

  /** One statement, one network write, its own implicit transaction. At most 1,000 rows in the read lane (`overloaded` beyond). */
  run<R extends Runnable>(statement: R, options?: RunOptions): Promise<RowOf<R>[]>

  /** The first row, or undefined. */
  first<R extends Runnable>(statement: R, options?: RunOptions): Promise<RowOf<R> | undefined>

  /** Several statements, one network write, one transaction: all of them or none. Answers each one's rows. */
  batch<const R extends readonly Runnable[]>(statements: R, options?: RunOptions): Promise<{ [K in keyof R]: RowOf<R[K]>[] }>

  /**
   * An interactive transaction on a client of its own, for when a later statement depends on an earlier result.
   * Inside, a nested `transaction` is a savepoint. It commits when `work` resolves, rolls back when it throws.
   */
  transaction<T>(work: (scope: TenantScope) => Promise<T>): Promise<T>

  /**
   * Reads of one moment in the slow lane: what others store meanwhile is not seen by any of them. For answers that add up to much
   * less than what is read for them.
   */
  snapshot<T>(work: (reading: SnapshotScope) => Promise<T>): Promise<T>

  /** Rows by cursor in the slow lane, for what is large. Ends its transaction when the iteration ends or is left. */
  stream<R extends Runnable>(statement: R, options?: { readonly batchSize?: number }): AsyncIterable<RowOf<R>>

  /**
   * As `stream`, of what is reckoned from rows: `work` gives a page of it at a time, and is asked for the next when that was taken, all in
   * one snapshot. A page is taken within a minute, or the snapshot ends.
   */
  walk<T>(work: (reading: SnapshotScope) => AsyncIterable<Iterable<T>>): AsyncIterable<T>

  /**
   * Text made of what is read, in a thread of its own where there is one, so that no other request waits for the making. For reads whose
   * answer takes more than some milliseconds of the processor. Resolves when the first piece is there: what refuses it does so before.
   */
  aside<A>(work: TextWork<A>, told: A): Promise<AsyncIterable<string>>
}
