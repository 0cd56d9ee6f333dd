import { problems } from '../../problems/catalogue.ts'

/** Requests of one tenant at a time, and of all tenants together, that one node has open to InfluxDB; those of one that wait. */
const perTenant = 4
const together = 16
const waitingPerTenant = 200

interface Waiting {
  readonly tenantId: string
  readonly go: () => void
}

/** Tenants take turns: whoever sends a thousand requests at once costs another one turn. */
export class InfluxGate {
  readonly #inFlight = new Map<string, number>()
  /** By tenant, in the order of their turns. */
  readonly #waiting = new Map<string, Waiting[]>()
  #open = 0

  async pass<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    using _ = await this.enter(tenantId)
    return await work()
  }

  /** Refuses with `overloaded` where too many of the tenant wait already. */
  async enter(tenantId: string): Promise<Disposable> {
    if (this.#mayGo(tenantId)) this.#count(tenantId, 1)
    else await this.#wait(tenantId)
    return { [Symbol.dispose]: () => this.#leave(tenantId) }
  }

  #mayGo(tenantId: string): boolean {
    return this.#open < together && (this.#inFlight.get(tenantId) ?? 0) < perTenant
  }

  #wait(tenantId: string): Promise<void> {
    const queue = this.#waiting.get(tenantId) ?? []
    if (queue.length >= waitingPerTenant) {
      throw problems.overloaded('Too many requests of this tenant are waiting.', { retryAfter: 1 })
    }
    this.#waiting.set(tenantId, queue)
    return new Promise((resolve) => queue.push({ tenantId, go: resolve }))
  }

  #leave(tenantId: string): void {
    this.#count(tenantId, -1)
    for (const [id, queue] of this.#waiting) {
      if (!this.#mayGo(id)) continue
      const next = queue.shift()
      // Behind the others, so that each has its turn.
      this.#waiting.delete(id)
      if (queue.length > 0) this.#waiting.set(id, queue)
      if (next === undefined) continue
      this.#count(id, 1)
      next.go()
      return
    }
  }

  #count(tenantId: string, change: 1 | -1): void {
    this.#open += change
    const count = (this.#inFlight.get(tenantId) ?? 0) + change
    if (count === 0) this.#inFlight.delete(tenantId)
    else this.#inFlight.set(tenantId, count)
  }
}
