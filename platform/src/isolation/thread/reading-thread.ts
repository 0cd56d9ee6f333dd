import { Worker } from 'node:worker_threads'
import type { LaneStatistics } from '../lane.ts'
import type { IsolationLogger } from '../logger.ts'
import type { ScopeContext } from '../tenant-scope.ts'
import { errorOf, type Order, type ThreadSettings, type Told } from './messages.ts'
import type { TextWork } from './text-work.ts'

/** Milliseconds without work after which the thread and its memory are given back. */
const idleAfter = 60_000
/** Longer than its isolation takes to end what was begun. */
const closePatience = 11_000

const idle: LaneStatistics = { inFlight: 0, waiting: 0, connections: 0 }

export interface ReadingThreadOptions {
  readonly settings: ThreadSettings
  readonly logger: IsolationLogger | undefined
  readonly onWorked: ((tenantId: string, milliseconds: number) => void) | undefined
}

/** Pieces of one answer, as they come from the thread. */
class Answer {
  readonly #pieces: string[] = []
  #end: { readonly error?: unknown } | undefined
  #wake: () => void = () => undefined

  /** Nothing more comes. */
  get ended(): boolean {
    return this.#end !== undefined
  }

  add(text: string): void {
    this.#pieces.push(text)
    this.#wake()
  }

  end(how: { readonly error?: unknown }): void {
    this.#end ??= how
    this.#wake()
  }

  /** Undefined after the last. */
  async next(): Promise<string | undefined> {
    while (this.#pieces.length === 0 && this.#end === undefined) await new Promise<void>((resolve) => (this.#wake = resolve))
    const piece = this.#pieces.shift()
    if (piece === undefined && this.#end && 'error' in this.#end) throw this.#end.error
    return piece
  }
}

/**
 * A thread that makes text of what it reads in scopes, with connections of its own. It starts with the first work there is, which whoever
 * has it does himself, as everybody does until the thread is ready; a minute without work ends it.
 */
export class ReadingThread {
  readonly #options: ReadingThreadOptions
  readonly #answers = new Map<number, Answer>()
  #worker: Worker | undefined
  #isReady = false
  #isClosed = false
  #begun = 0
  #slow = idle
  #idleTimer: NodeJS.Timeout | undefined

  constructor(options: ReadingThreadOptions) {
    this.#options = options
  }

  /** Of its slow lane, a quarter of a second old at most. */
  get slow(): LaneStatistics {
    return this.#slow
  }

  /** Undefined when the thread is not ready. The scope of `context` has been logged. */
  read<A>(context: ScopeContext, work: TextWork<A>, told: A, signal: AbortSignal | undefined): AsyncIterable<string> | undefined {
    if (this.#isClosed) return undefined
    this.#worker ??= this.#start()
    return this.#isReady ? this.#pieces(this.#worker, context, work, told, signal) : undefined
  }

  /** Ends what was begun, and the thread. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#idleTimer)
    const worker = this.#worker
    if (worker === undefined) return
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    this.#order(worker, { kind: 'close' })
    const timer = setTimeout(() => void worker.terminate(), closePatience)
    await ended
    clearTimeout(timer)
  }

  async *#pieces<A>(
    worker: Worker,
    context: ScopeContext,
    { module, name }: TextWork<A>,
    told: A,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<string, void, void> {
    signal?.throwIfAborted()
    const [id, answer] = [this.#begun++, new Answer()]
    this.#answers.set(id, answer)
    this.#keep(worker)
    const leave = () => {
      signal?.removeEventListener('abort', leave)
      if (signal?.aborted) answer.end({ error: signal.reason })
      if (this.#answers.delete(id)) this.#order(worker, { kind: 'leave', id })
      this.#rest(worker)
    }
    signal?.addEventListener('abort', leave, { once: true })
    try {
      this.#order(worker, { kind: 'begin', id, context, module, name, told })
      for (let text = await answer.next(); text !== undefined; text = await answer.next()) {
        yield text
        if (!answer.ended) this.#order(worker, { kind: 'more', id })
      }
    } finally {
      leave()
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: this.#options.settings,
      name: 'tenantry reading',
    })
    // It keeps the process alive while it has work.
    worker.unref()
    worker.on('message', (told: Told) => this.#hear(told, worker))
    worker.on('error', (error) => this.#onEnd(worker, error))
    worker.on('exit', () => this.#onEnd(worker, new Error('The reading thread ended.')))
    return worker
  }

  #hear(told: Told, worker: Worker): void {
    if (told.kind === 'ready') {
      this.#isReady = true
      this.#rest(worker)
    } else if (told.kind === 'statistics') this.#slow = told.slow
    else if (told.kind === 'worked') this.#options.onWorked?.(told.tenantId, told.milliseconds)
    else if (told.kind === 'warning') this.#options.logger?.warn({ err: told.error, thread: 'reading' }, told.message)
    else {
      const answer = this.#answers.get(told.id)
      if (told.kind === 'piece') answer?.add(told.text)
      else {
        this.#answers.delete(told.id)
        answer?.end(told.kind === 'end' ? {} : { error: errorOf(told.refusal) })
      }
    }
  }

  #onEnd(worker: Worker, error: unknown): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    this.#isReady = false
    this.#slow = idle
    for (const answer of this.#answers.values()) answer.end({ error })
    if (this.#answers.size > 0) this.#options.logger?.warn({ err: error, thread: 'reading' }, 'the reading thread ended')
    this.#answers.clear()
  }

  #order(worker: Worker, order: Order): void {
    worker.postMessage(order)
  }

  #keep(worker: Worker): void {
    clearTimeout(this.#idleTimer)
    worker.ref()
  }

  #rest(worker: Worker): void {
    if (this.#answers.size > 0 || this.#isClosed) return
    worker.unref()
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => {
      this.#onEnd(worker, undefined)
      this.#order(worker, { kind: 'close' })
    }, idleAfter)
    this.#idleTimer.unref()
  }
}
