import { BaseScope, stepOf } from './base-scope.ts'
import { problemOf } from './database-problems.ts'
import { pagesOf } from './own-stream.ts'
import type { Session } from './session.ts'
import type { RowOf, Runnable } from './statement.ts'
import { controlStatement } from './statement-facts.ts'
import { Step } from './step.ts'
import type { RunOptions, ScopeContext, SnapshotScope, TakenStatement, TenantScope } from './tenant-scope.ts'

/** The scope inside an interactive transaction. It ends with it: a scope that is kept and used later throws. */
export class TransactionScope extends BaseScope implements SnapshotScope {
  readonly #session: Session
  readonly #depth: number
  #state: 'open' | 'nested' | 'ended' = 'open'
  #portals = 0
  /** The failure that made PostgreSQL give the transaction up. */
  firstFailure: unknown

  constructor(context: ScopeContext, session: Session, depth = 0) {
    super(context)
    this.#session = session
    this.#depth = depth
  }

  end(): void {
    this.#state = 'ended'
  }

  override async perform(steps: Step[], _options: RunOptions | undefined): Promise<readonly Step[]> {
    this.#requireOpen()
    await this.#send(steps)
    return steps
  }

  async take(statements: readonly TakenStatement[]): Promise<void> {
    let refusal: { readonly reason: unknown } | undefined
    const steps = statements.map(({ statement, take }) => {
      const step = stepOf(statement)
      step.take = (columns) => {
        // Some rows may have come with the one that was too much.
        if (refusal !== undefined) return
        try {
          take(columns)
        } catch (reason) {
          // What is still to come would keep PostgreSQL busy for nobody.
          refusal = { reason }
          this.#session.abandon(reason)
        }
      }
      return step
    })
    try {
      await this.perform(steps, undefined)
    } catch (error) {
      throw refusal === undefined ? error : refusal.reason
    }
  }

  /** This transaction is what there is: it sees what it wrote itself, and what others committed. */
  override snapshot<T>(work: (reading: SnapshotScope) => Promise<T>): Promise<T> {
    return work(this)
  }

  /** A savepoint: what it did is undone when `work` throws, and the transaction around it goes on. */
  override async transaction<T>(work: (scope: TenantScope) => Promise<T>): Promise<T> {
    this.#requireOpen()
    const inner = new TransactionScope(this.context, this.#session, this.#depth + 1)
    const savepoint = `tenantry_${this.#depth + 1}`
    let releasing = false
    this.#state = 'nested'
    try {
      await this.#send([control(`savepoint ${savepoint}`)])
      try {
        const result = await work(inner)
        inner.end()
        releasing = true
        await inner.#send([control(`release savepoint ${savepoint}`)])
        return result
      } catch (error) {
        inner.end()
        await this.#send([control(`rollback to savepoint ${savepoint}`)])
        // A savepoint of a failed transaction cannot be released; what made it fail says more.
        throw releasing ? (inner.firstFailure ?? error) : error
      }
    } finally {
      if (this.#state === 'nested') this.#state = 'open'
    }
  }

  override stream<R extends Runnable>(statement: R, options: { readonly batchSize?: number } = {}): AsyncIterable<RowOf<R>> {
    this.#requireOpen()
    const asked = stepOf(statement)
    const first = new Step(asked.facts, asked.values, options.batchSize, `rows_${this.#depth}_${++this.#portals}`)
    return pagesOf(
      first,
      (page) => this.#sendPage(page),
      (portal) => this.#session.exchange({ steps: [], closesPortal: portal }),
    ) as AsyncIterable<RowOf<R>>
  }

  override async *walk<T>(work: (reading: SnapshotScope) => AsyncIterable<Iterable<T>>): AsyncGenerator<T> {
    for await (const page of work(this)) yield* page
  }

  async #sendPage(page: Step): Promise<void> {
    this.#requireOpen()
    await this.#send([page])
  }

  async #send(steps: readonly Step[]): Promise<void> {
    try {
      await this.#session.exchange({ steps })
    } catch (error) {
      // Until COMMIT was sent nothing is stored, so a lost connection leaves no doubt.
      const problem = problemOf(error, { writes: false })
      this.firstFailure ??= problem
      throw problem
    }
  }

  #requireOpen(): void {
    if (this.#state === 'ended') throw new Error('This scope belonged to a transaction that has ended; use the scope around it.')
    if (this.#state === 'nested') throw new Error('A nested transaction is open; use the scope it was given.')
    this.#session.signal?.throwIfAborted()
  }
}

function control(text: string): Step {
  return new Step(controlStatement(text))
}
