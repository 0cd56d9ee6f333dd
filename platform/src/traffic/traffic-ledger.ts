import { setTimeout as sleep } from 'node:timers/promises'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { type EndedRequest, TrafficCounts } from './traffic-counts.ts'
import { addTraffic } from './traffic-queries.ts'

/** Milliseconds between two writings; a fifth more or less, so that nodes spread. */
const interval = 15_000
/** Tenants whose counts are written at one moment. */
const atOnce = 4
/** Milliseconds that a stop waits for the last writing. */
const lastPatience = 2_000
/** Who writes, in the audit's words. */
const recorder = { kind: 'system', id: '00000000-0000-7000-8000-747261666669' } as const

export interface TrafficLedgerOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly onFailure: (error: unknown) => void
}

/**
 * Counts requests of tenants in memory and writes them down every quarter of a minute: one statement per active tenant, none
 * for idle ones, and no request waits for it. A killed process loses what it counted since; a stopped one does not.
 */
export class TrafficLedger {
  readonly #options: TrafficLedgerOptions
  #counts = new Map<string, TrafficCounts>()
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: TrafficLedgerOptions) {
    this.#options = options
  }

  note(tenantId: string, request: EndedRequest): void {
    let counts = this.#counts.get(tenantId)
    if (counts === undefined) {
      counts = new TrafficCounts()
      this.#counts.set(tenantId, counts)
    }
    counts.add(request)
    this.#schedule()
  }

  async flush(): Promise<void> {
    const waiting = [...this.#counts]
    this.#counts = new Map()
    const { scope, onFailure } = this.#options
    const write = async () => {
      for (let next = waiting.pop(); next !== undefined && !this.#closed; next = waiting.pop()) {
        const [tenantId, counts] = next
        await addTraffic(scope({ tenantId, actor: recorder }), counts).catch(onFailure)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, write))
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await Promise.race([this.flush(), sleep(lastPatience, undefined, { ref: false })])
    this.#closed = true
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#closed) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        void this.flush()
      },
      interval * (0.8 + Math.random() * 0.4),
    )
    this.#timer.unref()
  }
}
