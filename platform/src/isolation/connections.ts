import type { Clock } from './clock.ts'
import type { ScopeClient } from './scope-client.ts'

/** Milliseconds before the next attempt, after one, two, three… failures. The last bounds how late a recovery is noticed. */
const backOff = [50, 100, 200, 400, 800, 1_000]

export interface ConnectionsOptions {
  readonly most: number
  readonly depth: number
  readonly clock: Clock
  readonly open: (onEnd: (client: ScopeClient, cause: unknown) => void) => Promise<ScopeClient>
  /** A lease may be had again. */
  readonly onAvailable: () => void
  readonly onFailure: (error: unknown) => void
}

/** The connections of one lane: opened when all others are busy, leased to the least busy, replaced when they break. */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #clients: ScopeClient[] = []
  #opening = 0
  #failures = 0
  #notBefore = 0
  #timer: NodeJS.Timeout | undefined
  #closed = false
  /** Why the latest attempt failed; undefined once one succeeds. */
  lastFailure: unknown

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  get open(): number {
    return this.#clients.length
  }

  /**
   * The least busy client with room, or undefined. When every one has something to do another is opened,
   * but no more at a time than there are `wanted`.
   */
  lease(wanted: number): ScopeClient | undefined {
    let best: ScopeClient | undefined
    for (const client of this.#clients) {
      if (client.leases < this.#options.depth && client.usable && (best === undefined || client.leases < best.leases))
        best = client
    }
    if (best === undefined || best.leases > 0) this.#openAnother(wanted)
    if (best) best.leases++
    return best
  }

  release(client: ScopeClient): void {
    client.leases--
  }

  /** Destroys clients whose oldest batch is overdue. True when there was one. */
  destroyOverdue(now: number): boolean {
    const overdue = this.#clients.filter((client) => client.overdue(now))
    for (const client of overdue) client.destroy(new Error('PostgreSQL did not answer in time.'))
    return overdue.length > 0
  }

  /** Destroys idle clients that were not heard of since that moment: they have probably lost their other end as well. */
  destroyIdle(notHeardSince: number): void {
    const doubtful = this.#clients.filter((client) => client.leases === 0 && client.lastHeard < notHeardSince)
    for (const client of doubtful) client.destroy(new Error('Another connection went silent.'))
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    const busy = this.#clients.filter((client) => client.leases > 0)
    for (const client of busy) client.destroy(new Error('The server is stopping.'))
    await Promise.all([...this.#clients].map((client) => client.close()))
  }

  #openAnother(wanted: number): void {
    const { clock, most, open, onAvailable, onFailure } = this.#options
    if (this.#opening >= wanted) return
    if (this.#closed || this.#clients.length + this.#opening >= most) return
    // While PostgreSQL is away one attempt at a time is enough.
    if (this.#failures > 0 && (this.#opening > 0 || clock.now() < this.#notBefore)) return
    this.#opening++
    open((client, cause) => this.#onEnd(client, cause)).then(
      (client) => {
        this.#opening--
        this.#failures = 0
        this.lastFailure = undefined
        if (this.#closed) {
          void client.close()
          return
        }
        this.#clients.push(client)
        onAvailable()
      },
      (error) => {
        this.#opening--
        this.lastFailure = error
        const pause = backOff[Math.min(this.#failures++, backOff.length - 1)] as number
        this.#notBefore = clock.now() + pause
        onFailure(error)
        this.#tryLater(pause)
      },
    )
  }

  #onEnd(client: ScopeClient, cause: unknown): void {
    const index = this.#clients.indexOf(client)
    if (index < 0) return
    this.#clients.splice(index, 1)
    if (this.#closed) return
    if (cause !== undefined) this.#options.onFailure(cause)
    // Whoever waits needs another connection now, not with the next request.
    setImmediate(() => this.#options.onAvailable())
  }

  #tryLater(pause: number): void {
    if (this.#closed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#options.onAvailable(), pause + 1)
    this.#timer.unref()
  }
}
