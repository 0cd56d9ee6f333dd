import type { EventEmitter } from 'node:events'
import pg from 'pg'
import type { PreparedName } from './prepared-names.ts'
import type { RowMessage } from './row-message.ts'
import { type DescribedColumn, RowReader } from './row-reader.ts'
import type { ContextStep, Step } from './step.ts'

export interface ExchangePlan {
  /** Statements of our own before the context: BEGIN. */
  readonly opening?: readonly Step[]
  readonly context?: ContextStep
  readonly steps: readonly Step[]
  /** A portal to close after the steps. */
  readonly closesPortal?: string
  /** Its client is nobody else's, so a transaction may stay open behind it. */
  readonly exclusive?: boolean
  /** Longest time in milliseconds that it may go unanswered. */
  readonly patience: number
}

// Its types declare methods as properties, which a class cannot override.
const PgQuery = pg.Query as unknown as new (text: string) => EventEmitter

/**
 * One network write and all that is answered to it, up to ReadyForQuery. Derives from pg's Query, so that pg pipelines it,
 * and settles when the client says so: deferred constraints fail after the last CommandComplete.
 */
export class Exchange extends PgQuery {
  readonly plan: ExchangePlan
  /** What was written to the socket. */
  bytes: Buffer | undefined
  /** Names that the batch parses or uses. */
  readonly names: { readonly name: PreparedName; readonly step: Step }[] = []
  /** What PostgreSQL said against it. */
  failure: Error | undefined
  /** A row that could not be read, though PostgreSQL was content. */
  unreadable: unknown
  /** Transaction status at ReadyForQuery: idle, in a transaction, in a failed one. */
  status: 'I' | 'T' | 'E' = 'I'
  #onSettled: ((exchange: this) => void) | undefined
  readonly #answered: readonly (Step | undefined)[]
  #at = 0

  constructor(plan: ExchangePlan, onSettled: (exchange: Exchange) => void) {
    super('')
    this.plan = plan
    this.#onSettled = onSettled
    this.#answered = plan.opening
      ? [...plan.opening, ...(plan.context ? [undefined] : []), ...plan.steps]
      : plan.context
        ? [undefined, ...plan.steps]
        : plan.steps
  }

  /** Called once, by the client that it was sent on. */
  settle(): void {
    const onSettled = this.#onSettled
    this.#onSettled = undefined
    onSettled?.(this)
  }

  // From here on: what pg's client calls.

  submit(connection: pg.Connection): null {
    const { stream } = connection
    // Batches that are sent in one turn of the event loop leave together: under load a system call carries several.
    if (stream.writableCorked === 0) {
      stream.cork()
      setImmediate(() => stream.uncork())
    }
    stream.write(this.bytes as Buffer)
    return null
  }

  handleRowDescription(message: { readonly fields: readonly DescribedColumn[] }): void {
    const step = this.#answered[this.#at]
    if (step) step.reader = new RowReader(message.fields)
  }

  handleDataRow(message: RowMessage): void {
    const step = this.#answered[this.#at]
    if (step === undefined || this.unreadable !== undefined) return
    try {
      if (step.take === undefined) step.rows.push(step.reader.read(message.texts()))
      else step.take(message.bytes())
    } catch (error) {
      this.unreadable = error
    }
  }

  handleCommandComplete(message: { readonly text: string }): void {
    const step = this.#answered[this.#at++]
    if (step) step.tag = message.text
  }

  handlePortalSuspended(): void {
    const step = this.#answered[this.#at++]
    if (step) step.suspended = true
  }

  handleEmptyQuery(): void {
    this.#at++
  }

  handleError(error: Error): void {
    this.failure ??= error
  }

  handleReadyForQuery(): void {
    // The client settles us from the connection's own event: after an error pg does not come here.
  }
}
