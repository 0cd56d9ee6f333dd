import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Services } from '../http/route.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { Subscriber } from './event.ts'
import { claimBusyOutbox, claimOutboxes, releaseOutbox, renewClaims } from './outbox-claims.ts'
import { type Rest, tell } from './tell.ts'

export interface DispatcherOptions {
  /** Of the directory role, for claims across tenants: best one that nobody else waits for. */
  readonly pool: Pool
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly subscribers: readonly Subscriber[]
  readonly services: Services
  readonly logger: Logger
  /** Tenants told at a time by this node. */
  readonly concurrency?: number
}

/** Milliseconds between two looks; a fifth more or less, so that nodes spread. */
const interval = 250
const renewal = 10_000
/** Every fourth look waits for a tenant that is always being written to. */
const patientLook = 4
/** Milliseconds that handlers have to end by themselves when the node stops. */
const patience = 5_000
const teller = '00000000-0000-7000-8000-6f7574626f78'

/**
 * Tells subscribers what happened: at least once, per object in order, each tenant by itself. One statement a look, whatever
 * the number of tenants; nothing at all for those in which nothing happened.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #abort = new AbortController()
  readonly #stop = new AbortController()
  readonly #telling = new Map<string, Promise<void>>()
  readonly #renewal: NodeJS.Timeout
  #next: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #looks = 0

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#renewal = setInterval(() => void this.#renew(), renewal).unref()
    this.#schedule(0)
  }

  /** Waits a while for the handlers at work; what they had still to be told comes later, from any node. */
  async close(): Promise<void> {
    this.#abort.abort()
    clearTimeout(this.#next)
    clearInterval(this.#renewal)
    const timer = setTimeout(() => this.#stop.abort(new Error('the node stops')), patience)
    await this.#looking
    await Promise.all(this.#telling.values())
    clearTimeout(timer)
  }

  #schedule(pause: number): void {
    if (this.#abort.signal.aborted) return
    this.#next = setTimeout(() => {
      this.#looking = this.#look()
        .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'the outbox could not be read'))
        .finally(() => this.#schedule(interval * (0.8 + Math.random() * 0.4)))
    }, pause)
    this.#next.unref()
  }

  async #look(): Promise<void> {
    const { pool, concurrency = 8 } = this.#options
    const places = concurrency - this.#telling.size
    if (places <= 0) return
    const claimed = await claimOutboxes(pool, places)
    if (++this.#looks % patientLook === 0 && claimed.length < places) {
      // Its lock may not come in time; then at one of the next looks.
      claimed.push(...(await claimBusyOutbox(pool).catch(() => [])))
    }
    for (const tenantId of claimed) {
      this.#telling.set(
        tenantId,
        this.#tell(tenantId).finally(() => this.#telling.delete(tenantId)),
      )
    }
  }

  async #tell(tenantId: string): Promise<void> {
    const { pool, scope: open, subscribers, services, logger } = this.#options
    const { signal } = this.#abort
    const stop = this.#stop.signal
    const context = { tenantId, actor: { kind: 'system', id: teller }, origin: { requestId: 'outbox' } } as const
    const tellOptions = {
      scope: open(context),
      open: (signal: AbortSignal) => open({ ...context, signal }),
      services,
      signal,
      stop,
    }
    const onFailure = (subscriber: string, event: { id: string; type: string }, error: unknown) =>
      logger.warn({ err: error, subscriber, event: event.id, type: event.type, tenant: tenantId }, 'a subscriber failed')
    try {
      const rests = await Promise.all(
        subscribers.map((subscriber) => tell(subscriber, { ...tellOptions, onFailure }).catch(brokenOff)),
      )
      await releaseOutbox(pool, tenantId, earliest(rests))
    } catch (error) {
      // The claim runs out by itself.
      logger.warn({ err: error, tenant: tenantId }, 'an outbox was not told to its end')
    }

    function brokenOff(error: unknown): Rest {
      logger.warn({ err: error, tenant: tenantId }, 'an outbox could not be read')
      return 1_000
    }
  }

  async #renew(): Promise<void> {
    if (this.#telling.size === 0) return
    await renewClaims(this.#options.pool, [...this.#telling.keys()]).catch((error: unknown) =>
      this.#options.logger.warn({ err: error }, 'claims on outboxes were not renewed'),
    )
  }
}

function earliest(rests: readonly Rest[]): Rest {
  return rests.reduce<Rest>((least, rest) => (rest === undefined ? least : Math.min(rest, least ?? rest)), undefined)
}
