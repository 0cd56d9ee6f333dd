import pg from 'pg'
import { problems } from '../problems/catalogue.ts'
import { problemOf } from './database-problems.ts'
import { Exchange } from './exchange.ts'
import type { Lane, LaneTicket } from './lane.ts'
import { LostConnection } from './lost-connection.ts'
import { isStaleName, type ScopeClient } from './scope-client.ts'
import type { ContextStep, Step } from './step.ts'

/** Rows that one statement may answer in the read lane; it asks for one more, to know. */
export const mostRows = 1_000

export interface SharedBatchOptions {
  readonly tenantId: string
  readonly lane: Lane
  readonly context: ContextStep
  readonly steps: readonly Step[]
  /** Nothing of it can write, so it may be run again. */
  readonly repeatable: boolean
  readonly signal: AbortSignal | undefined
  readonly onDone: (steps: readonly Step[]) => void
  readonly onFailed: (error: unknown) => void
}

/** Milliseconds on top of the statements' own time-outs before silence means that nobody is there. */
export const graceForAnswer = 500

/** Milliseconds. Where one connection broke the others often do in the same moment; the second try should not meet one of those. */
const pauseAfterLoss = 20

/**
 * A batch on a connection that other tenants use at the same time: context and statements in one network write, one implicit
 * transaction. It is run again once when that is certain to do no harm.
 */
export class SharedBatch implements LaneTicket {
  readonly tenantId: string
  readonly signal: AbortSignal | undefined
  since = 0
  readonly #options: SharedBatchOptions
  #steps: readonly Step[]
  #attempts = 0

  constructor(options: SharedBatchOptions) {
    this.#options = options
    this.#steps = options.steps
    this.tenantId = options.tenantId
    this.signal = options.signal
  }

  start(client: ScopeClient): void {
    if (this.#attempts++ > 0) this.#steps = this.#steps.map((step) => step.again())
    const { context, lane } = this.#options
    const patience = lane.settings.statementTimeout * this.#steps.length + graceForAnswer
    client.send(new Exchange({ context, steps: this.#steps, patience }, (exchange) => this.#onSettled(exchange, client)))
  }

  refuse(reason: unknown): void {
    this.#options.onFailed(problemOf(reason, { writes: false }))
  }

  #onSettled(exchange: Exchange, client: ScopeClient): void {
    const { lane, repeatable, onDone, onFailed } = this.#options
    const { failure } = exchange
    if (failure && this.#attempts === 1 && mayRunAgain(failure, repeatable)) {
      lane.leave(this, client)
      if (failure instanceof LostConnection) setTimeout(() => lane.enter(this, true), pauseAfterLoss)
      else lane.enter(this, true)
      return
    }
    lane.leave(this, client)
    if (failure) onFailed(problemOf(failure, { writes: !repeatable }))
    else if (exchange.unreadable !== undefined) onFailed(exchange.unreadable)
    else if (this.#steps.some((step) => step.suspended)) onFailed(tooManyRows())
    else onDone(this.#steps)
  }
}

function mayRunAgain(failure: Error, repeatable: boolean): boolean {
  if (failure instanceof LostConnection) return repeatable || !failure.sent
  // These rolled the whole batch back.
  if (isStaleName(failure)) return true
  return failure instanceof pg.DatabaseError && (failure.code === '40001' || failure.code === '40P01')
}

function tooManyRows(): Error {
  return problems.overloaded(`A read answers at most ${mostRows} rows; use stream() or the slow lane for more.`)
}
