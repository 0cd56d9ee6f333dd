import { problemOf } from './database-problems.ts'
import { Exchange, type ExchangePlan } from './exchange.ts'
import type { Lane, LaneTicket } from './lane.ts'
import { LostConnection } from './lost-connection.ts'
import type { RootScope } from './root-scope.ts'
import { isStaleName, type ScopeClient } from './scope-client.ts'
import { graceForAnswer } from './shared-batch.ts'
import { controlStatement } from './statement-facts.ts'
import { Step } from './step.ts'

export interface SessionOptions {
  readonly lane: Lane
  readonly readOnly: boolean
  /** All its statements see the database as it is now. */
  readonly snapshot?: boolean
  /** Milliseconds that PostgreSQL waits for our next statement before it gives the transaction up. */
  readonly idleTimeout: number
  /** Statements that ride with BEGIN; asked for again should it have to begin twice. */
  readonly firstSteps: () => readonly Step[]
}

const begin = controlStatement('begin')
const beginSnapshot = controlStatement('begin isolation level repeatable read')
const commit = controlStatement('commit')
const rollback = controlStatement('rollback')

/** A transaction on a client that nobody else uses until it is released. */
export class Session implements LaneTicket {
  readonly tenantId: string
  readonly signal: AbortSignal | undefined
  since = 0
  readonly #lane: Lane
  readonly #started = Promise.withResolvers<void>()
  #client: ScopeClient | undefined
  #lostTo: unknown

  /**
   * Begins a transaction with its context and first statements, in one network write.
   * Nothing can have been stored before it is answered, so a connection that breaks here is tried once more.
   */
  static async begin(scope: RootScope, options: SessionOptions): Promise<{ session: Session; first: readonly Step[] }> {
    for (let attempt = 1; ; attempt++) {
      const session = new Session(scope, options.lane)
      try {
        await session.#enter()
        const first = options.firstSteps()
        await session.exchange({
          opening: [new Step(options.snapshot ? beginSnapshot : begin)],
          context: scope.contextStep('session', options.readOnly, options.lane, [String(options.idleTimeout)]),
          steps: first,
        })
        return { session, first }
      } catch (error) {
        session.abandon(error)
        if (attempt === 1 && (error instanceof LostConnection || isStaleName(error))) continue
        throw problemOf(error, { writes: false })
      }
    }
  }

  private constructor(scope: RootScope, lane: Lane) {
    this.tenantId = scope.context.tenantId
    this.signal = scope.signal
    this.#lane = lane
  }

  start(client: ScopeClient): void {
    this.#client = client
    client.onGone = (cause) => {
      this.#lostTo ??= cause
      this.release()
    }
    this.#started.resolve()
  }

  refuse(reason: unknown): void {
    this.#started.reject(reason)
  }

  /** One network write. Rejects with what PostgreSQL said, untranslated. */
  exchange(plan: Omit<ExchangePlan, 'exclusive' | 'patience'>): Promise<void> {
    const client = this.#client
    if (!client) return Promise.reject(new LostConnection(false, this.#lostTo))
    return new Promise((resolve, reject) => {
      const patience = this.#lane.settings.statementTimeout * Math.max(1, plan.steps.length) + graceForAnswer
      client.send(
        new Exchange({ ...plan, exclusive: true, patience }, ({ failure, unreadable }) => {
          if (failure) reject(failure)
          else if (unreadable !== undefined) reject(unreadable)
          else resolve()
        }),
      )
    })
  }

  /** True when PostgreSQL committed. A COMMIT of a failed transaction "succeeds" and answers ROLLBACK. */
  async commit(): Promise<boolean> {
    const step = new Step(commit)
    await this.exchange({ steps: [step] })
    return step.tag === 'COMMIT'
  }

  /** Rolls back and releases. A client that does not answer is destroyed, and that rolls back too. */
  async rollback(): Promise<void> {
    try {
      if (this.#client) await this.exchange({ steps: [new Step(rollback)] })
    } catch (error) {
      this.abandon(error)
    } finally {
      this.release()
    }
  }

  /** Gives the client up without another word. */
  abandon(cause: unknown): void {
    this.#lostTo ??= cause
    this.#client?.destroy(cause)
    this.release()
  }

  /** It has its client, and PostgreSQL has not ended the transaction. */
  get inTransaction(): boolean {
    return this.#client !== undefined && !this.#client.clean
  }

  release(): void {
    const client = this.#client
    if (!client) return
    this.#client = undefined
    client.onGone = undefined
    this.#lane.leave(this, client)
  }

  #enter(): Promise<void> {
    this.#lane.enter(this)
    return this.#started.promise
  }
}
