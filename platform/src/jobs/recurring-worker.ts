import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Directory } from '../directory/directory.ts'
import type { Services } from '../http/route.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { RecurringDefinition } from './recurring.ts'
import { claimTurns, endTurn, type Turn } from './recurring-claims.ts'

export interface RecurringWorkerOptions {
  /** Of the directory role: claims across tenants. */
  readonly pool: Pool
  readonly definitions: readonly RecurringDefinition[]
  readonly directory: Directory
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly services: Services
  readonly logger: Logger
}

/** Milliseconds between two looks; a fifth more or less, so that nodes spread. */
const interval = 1_000
/** The same after a look that filled every free place. */
const busyInterval = 100
const usual = { concurrency: 64, tenantConcurrency: 4, timeout: 30 } as const
/** Seconds until a turn that threw is tried again, and one of a tenant that is not active now. */
const retryAfter = 60
/** Seconds that a claim outlasts its turn. */
const grace = 30
/** Milliseconds that a handler gets to end by itself once its signal fired. */
const patience = 5_000
const worker = '00000000-0000-7000-8000-007265637572'

/** Does what is due of one or more kinds, each turn in its tenant's scope. */
export class RecurringWorker {
  readonly #options: RecurringWorkerOptions
  readonly #stop = new AbortController()
  readonly #turns = new Map<RecurringDefinition, Set<Promise<void>>>()
  #next: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(options: RecurringWorkerOptions) {
    this.#options = options
    for (const definition of options.definitions) this.#turns.set(definition, new Set())
    this.#schedule(0)
  }

  /** Breaks off what is at work; any node begins it anew. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the node stops'))
    clearTimeout(this.#next)
    await this.#looking
    await Promise.all([...this.#turns.values()].flatMap((turns) => [...turns]))
  }

  #schedule(pause: number): void {
    if (this.#stop.signal.aborted) return
    this.#next = setTimeout(() => {
      this.#looking = this.#look()
        .catch((error: unknown) => void this.#options.logger.warn({ err: error }, 'what is due could not be found'))
        .then((full) => this.#schedule((full === true ? busyInterval : interval) * (0.8 + Math.random() * 0.4)))
    }, pause)
    this.#next.unref()
  }

  /** Answers whether more may be due than there were places for. */
  async #look(): Promise<boolean> {
    let full = false
    for (const [definition, turns] of this.#turns) {
      const { concurrency, tenantConcurrency, timeout } = { ...usual, ...definition }
      const most = concurrency - turns.size
      if (most <= 0 || this.#stop.signal.aborted) continue
      const limits = { most, mostPerTenant: tenantConcurrency, seconds: timeout + grace }
      const claimed = await claimTurns(this.#options.pool, definition.name, limits)
      for (const turn of claimed) {
        const done = this.#do(definition, turn).finally(() => turns.delete(done))
        turns.add(done)
      }
      full ||= claimed.length === most
    }
    return full
  }

  async #do(definition: RecurringDefinition, turn: Turn): Promise<void> {
    const { pool, logger } = this.#options
    const seconds = await this.#secondsAfter(definition, turn).catch((error: unknown) => {
      if (this.#stop.signal.aborted) return 0
      logger.warn({ err: error, kind: turn.kind, ref: turn.ref, tenant: turn.tenantId }, 'a turn failed')
      return retryAfter
    })
    // Where this fails the claim runs out by itself.
    await endTurn(pool, turn, seconds).catch((error: unknown) => logger.warn({ err: error }, 'the end of a turn was not noted'))
  }

  async #secondsAfter(definition: RecurringDefinition, { tenantId, ref }: Turn): Promise<number | null> {
    const { directory, scope: open, services } = this.#options
    const tenant = await directory.tenantById(tenantId)
    if (tenant === undefined) return null
    const mayWork =
      tenant.status === 'active' ||
      definition.inEveryState === true ||
      (definition.whileReadOnly === true && tenant.suspension === 'read_only')
    if (!mayWork) return retryAfter
    const deadline = AbortSignal.timeout((definition.timeout ?? usual.timeout) * 1_000)
    const signal = AbortSignal.any([deadline, this.#stop.signal])
    const scope = open({ tenantId, actor: { kind: 'system', id: worker }, origin: { requestId: definition.name }, signal })
    const given = new Promise<never>((_, reject) => {
      const giveUp = () => sleep(patience, undefined, { ref: false }).then(() => reject(signal.reason))
      signal.addEventListener('abort', () => void giveUp(), { once: true })
    })
    return Promise.race([definition.handle({ scope, ref, services, signal }), given])
  }
}
