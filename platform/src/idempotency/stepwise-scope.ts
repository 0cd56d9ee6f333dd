import type { RowOf, Runnable } from '../isolation/statement.ts'
import type { RunOptions, ScopeContext, SnapshotScope, TenantScope } from '../isolation/tenant-scope.ts'
import type { TextWork } from '../isolation/thread/text-work.ts'

/**
 * A transaction that behaves like the scope its handler was written for: each call succeeds or fails alone (a savepoint),
 * and calls made at the same time go one after the other. Only their commit is common to all of them.
 */
export class StepwiseScope implements TenantScope {
  readonly context: ScopeContext
  readonly #transaction: TenantScope
  #last: Promise<unknown> = Promise.resolve()

  constructor(transaction: TenantScope) {
    this.context = transaction.context
    this.#transaction = transaction
  }

  run<R extends Runnable>(statement: R, options?: RunOptions): Promise<RowOf<R>[]> {
    return this.transaction((step) => step.run(statement, options))
  }

  first<R extends Runnable>(statement: R, options?: RunOptions): Promise<RowOf<R> | undefined> {
    return this.transaction((step) => step.first(statement, options))
  }

  batch<const R extends readonly Runnable[]>(statements: R, options?: RunOptions): Promise<{ [K in keyof R]: RowOf<R[K]>[] }> {
    return this.transaction((step) => step.batch(statements, options))
  }

  transaction<T>(work: (scope: TenantScope) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#transaction.transaction(work))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  snapshot<T>(work: (reading: SnapshotScope) => Promise<T>): Promise<T> {
    return this.transaction((step) => step.snapshot(work))
  }

  stream<R extends Runnable>(statement: R, options?: { readonly batchSize?: number }): AsyncIterable<RowOf<R>> {
    return this.#transaction.stream(statement, options)
  }

  walk<T>(work: (reading: SnapshotScope) => AsyncIterable<Iterable<T>>): AsyncIterable<T> {
    return this.#transaction.walk(work)
  }

  aside<A>(work: TextWork<A>, told: A): Promise<AsyncIterable<string>> {
    return this.#transaction.aside(work, told)
  }
}
