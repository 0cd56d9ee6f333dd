import { problems } from '../problems/catalogue.ts'

export interface Batch<Answer> {
  /** One per request, in their order. */
  readonly answers: readonly Answer[]
  /** How many requests the next batch of this key may hold. */
  readonly next: number
}

export interface CoalescerOptions<Request, Answer> {
  readonly perform: (key: string, requests: readonly Request[]) => Promise<Batch<Answer>>
  /** Requests of a first batch, and of any at most. */
  readonly most: number
  /** Requests of one key that may wait; the next is `overloaded`. */
  readonly waiting: number
}

interface Waiting<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers what is asked of one thing while its last batch is under way: at most one batch in flight per key, and nobody waits when
 * nothing is. A key is a tenant's id and what it asks about, so no batch ever holds requests of two tenants.
 */
export class Coalescer<Request, Answer> {
  readonly #options: CoalescerOptions<Request, Answer>
  readonly #queues = new Map<string, Waiting<Request, Answer>[]>()

  constructor(options: CoalescerOptions<Request, Answer>) {
    this.#options = options
  }

  submit(key: string, request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(key)
      const waiting = { request, resolve, reject }
      if (queue === undefined) {
        const opened = [waiting]
        this.#queues.set(key, opened)
        // Whoever asks in the same turn of the event loop comes along.
        setImmediate(() => void this.#drain(key, opened))
      } else if (queue.length < this.#options.waiting) {
        queue.push(waiting)
      } else {
        reject(problems.overloaded('Too many requests wait for this meter.', { retryAfter: 1 }))
      }
    })
  }

  async #drain(key: string, queue: Waiting<Request, Answer>[]): Promise<void> {
    let size = this.#options.most
    while (queue.length > 0) {
      const batch = queue.splice(0, size)
      try {
        const { answers, next } = await this.#options.perform(
          key,
          batch.map(({ request }) => request),
        )
        batch.forEach(({ resolve }, index) => {
          resolve(answers[index] as Answer)
        })
        size = Math.min(next, this.#options.most)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#queues.delete(key)
  }
}
