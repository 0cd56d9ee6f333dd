import { ChangeListener } from './change-listener.ts'
import { type Change, ChangeReader } from './change-reader.ts'

export interface ChangeFeedOptions {
  /** The directory role. */
  readonly url: string
  readonly prepared: boolean
  /** Where hints are listened for; the same address unless a test breaks one of the two. */
  readonly listenUrl?: string
  readonly onChanges: (changes: readonly Change[]) => void
  /** Changes may have been missed. */
  readonly onReset: () => void
  readonly onFailure?: (error: unknown) => void
}

/** Milliseconds: between readings, for one reading, and how long what was read is believed, from the reading's start. */
const interval = 500
const readTimeout = 400
const validity = 1_000
/** Readings that hints cause are at least so far apart, so that a burst of changes costs a few readings, not hundreds. */
const hintPause = 20

/**
 * Keeps a node within a second of the directory's truth, idle or not: reads the changes twice a second and at every hint.
 * When that fails for a second the node is no longer fresh, and its caches believe nothing.
 */
export class ChangeFeed {
  readonly #options: ChangeFeedOptions
  readonly #reader: ChangeReader
  readonly #listener: ChangeListener
  readonly #timer: NodeJS.Timeout
  #hint: NodeJS.Timeout | undefined
  #hintedAgain = false
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  #validUntil = Number.NEGATIVE_INFINITY
  #clockAhead = 0
  #horizon: bigint | undefined
  #closed = false

  constructor(options: ChangeFeedOptions) {
    this.#options = options
    this.#reader = new ChangeReader(options.url, readTimeout, options.prepared)
    this.#listener = new ChangeListener(options.listenUrl ?? options.url, () => this.#hinted())
    this.#timer = setInterval(() => this.#readSoon(), interval)
    this.#timer.unref()
  }

  /** By the monotonic clock, so that a changed wall clock or a stopped event loop never lengthens it. */
  isFresh(): boolean {
    return performance.now() < this.#validUntil
  }

  /** Seconds since the start of the last reading that succeeded. */
  staleness(): number {
    return (performance.now() - this.#validUntil + validity) / 1_000
  }

  /** Milliseconds since the epoch by the database's `tenantry.clock()`, as of the last reading plus what passed since. */
  clock(): number {
    return performance.now() + this.#clockAhead
  }

  /** The oldest transaction that was at work at the last reading; undefined before the first. Whatever older ones changed is known here. */
  horizon(): bigint | undefined {
    return this.#horizon
  }

  /** A reading that begins after this call: whatever was committed before is then known here. */
  sync(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined
        this.#running = this.#read()
        return this.#running
      })
    return this.#next
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#timer)
    clearTimeout(this.#hint)
    this.#listener.close()
    this.#reader.close()
  }

  async #read(): Promise<void> {
    if (this.#closed) return
    const startedAt = performance.now()
    const { changes, reset, xmin, clock } = await this.#reader.read()
    this.#horizon = xmin
    if (reset) this.#options.onReset()
    else if (changes.length > 0) this.#options.onChanges(changes)
    this.#clockAhead = clock - startedAt
    this.#validUntil = startedAt + validity
  }

  #readSoon(): void {
    this.sync().catch((error: unknown) => {
      if (!this.#closed) this.#options.onFailure?.(error)
    })
  }

  #hinted(): void {
    if (this.#closed || this.#hint !== undefined) {
      this.#hintedAgain = true
      return
    }
    this.#hintedAgain = false
    this.#readSoon()
    this.#hint = setTimeout(() => {
      this.#hint = undefined
      if (this.#hintedAgain) this.#hinted()
    }, hintPause)
    this.#hint.unref()
  }
}
