import { setTimeout as sleep } from 'node:timers/promises'
import type { SqlFragment } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'

/** Milliseconds between two writes. */
const interval = 60_000
/** Milliseconds that a stop waits for the last writing: without a database each tenant's would take seconds. */
const lastPatience = 2_000
/** Who writes, in the audit's words. */
const recorder = { kind: 'system', id: '00000000-0000-7000-8000-6b6579757365' } as const

export interface LastUsedOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  /** The statement that writes down that these were used. */
  readonly mark: (ids: readonly string[]) => SqlFragment
  readonly onFailure: (error: unknown) => void
}

/** Collects which keys, or members, were at work and writes it once a minute, one statement per tenant: a request never waits for it. */
export class LastUsed {
  readonly #options: LastUsedOptions
  readonly #timer: NodeJS.Timeout
  #used = new Map<string, Set<string>>()
  #closed = false

  constructor(options: LastUsedOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.flush(), interval)
    this.#timer.unref()
  }

  note(tenantId: string, id: string): void {
    const ids = this.#used.get(tenantId)
    if (ids === undefined) this.#used.set(tenantId, new Set([id]))
    else ids.add(id)
  }

  /** Comfort fails soft: what cannot be written now is forgotten and told to the log. */
  async flush(): Promise<void> {
    const used = this.#used
    this.#used = new Map()
    for (const [tenantId, ids] of used) {
      if (this.#closed) return
      const { scope, mark, onFailure } = this.#options
      await scope({ tenantId, actor: recorder })
        .run(mark([...ids]))
        .catch(onFailure)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.race([this.flush(), sleep(lastPatience, undefined, { ref: false })])
    this.#closed = true
  }
}
