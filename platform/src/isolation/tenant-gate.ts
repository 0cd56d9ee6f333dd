/** Something that waits for its turn in a lane. */
export interface Ticket {
  readonly tenantId: string
  /** Monotonic milliseconds since it waits; once it is let through, since it works. */
  since: number
}

interface TenantQueue<T> {
  inFlight: number
  /** First in, first out; a Set, so that an aborted one leaves from the middle. */
  readonly waiting: Set<T>
}

/** Tenants with nothing to do that are remembered: making room for one, for each of its statements, costs more than the room. */
const mostIdle = 1_000

export interface GateLimits {
  readonly perTenant: number
  readonly waitingPerTenant: number
}

/**
 * Lets at most `perTenant` of one tenant's tickets through at a time, and takes turns between tenants that wait,
 * so that a thousand requests of one cost another nothing but its turn.
 */
export class TenantGate<T extends Ticket> {
  readonly #limits: GateLimits
  readonly #tenants = new Map<string, TenantQueue<T>>()
  /** Tenants whose next ticket may go, in the order of their turns. */
  readonly #turns = new Set<TenantQueue<T>>()
  #inFlight = 0
  #waiting = 0

  constructor(limits: GateLimits) {
    this.#limits = limits
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get waiting(): number {
    return this.#waiting
  }

  /** Somebody who waits may go. */
  get hasTurn(): boolean {
    return this.#turns.size > 0
  }

  /** Lets the ticket through at once if nobody has to be let past first. */
  tryEnter(ticket: T): boolean {
    const queue = this.#queueOf(ticket.tenantId)
    if (queue.inFlight >= this.#limits.perTenant || this.#turns.size > 0) return false
    queue.inFlight++
    this.#inFlight++
    return true
  }

  /** Puts the ticket behind its tenant's others, or in front of them. False when the tenant's queue is full. */
  wait(ticket: T, inFront = false): boolean {
    const queue = this.#queueOf(ticket.tenantId)
    if (!inFront && queue.waiting.size >= this.#limits.waitingPerTenant) return false
    if (inFront) {
      const others = [...queue.waiting]
      queue.waiting.clear()
      queue.waiting.add(ticket)
      for (const other of others) queue.waiting.add(other)
    } else {
      queue.waiting.add(ticket)
    }
    this.#waiting++
    this.#offerTurn(queue)
    return true
  }

  /** The next ticket whose turn it is. It counts as through. */
  next(): T | undefined {
    for (const queue of this.#turns) {
      this.#turns.delete(queue)
      const [ticket] = queue.waiting
      if (ticket === undefined) continue
      queue.waiting.delete(ticket)
      this.#waiting--
      queue.inFlight++
      this.#inFlight++
      this.#offerTurn(queue)
      return ticket
    }
    return undefined
  }

  leave(tenantId: string): void {
    const queue = this.#tenants.get(tenantId)
    if (!queue) return
    queue.inFlight--
    this.#inFlight--
    this.#offerTurn(queue)
    this.#drop(tenantId, queue)
  }

  /** Takes a ticket out of the queue. False when it is not there. */
  remove(ticket: T): boolean {
    const queue = this.#tenants.get(ticket.tenantId)
    if (!queue?.waiting.delete(ticket)) return false
    this.#waiting--
    if (queue.waiting.size === 0) this.#turns.delete(queue)
    this.#drop(ticket.tenantId, queue)
    return true
  }

  /** Takes out the tickets that wait since before `moment`. */
  removeBefore(moment: number): T[] {
    if (this.#waiting === 0) return []
    const late: T[] = []
    for (const queue of this.#tenants.values()) {
      for (const ticket of queue.waiting) if (ticket.since < moment) late.push(ticket)
    }
    for (const ticket of late) this.remove(ticket)
    return late
  }

  #offerTurn(queue: TenantQueue<T>): void {
    if (queue.waiting.size > 0 && queue.inFlight < this.#limits.perTenant) this.#turns.add(queue)
    else this.#turns.delete(queue)
  }

  #queueOf(tenantId: string): TenantQueue<T> {
    let queue = this.#tenants.get(tenantId)
    if (!queue) {
      queue = { inFlight: 0, waiting: new Set() }
      this.#tenants.set(tenantId, queue)
    }
    return queue
  }

  #drop(tenantId: string, queue: TenantQueue<T>): void {
    if (queue.inFlight === 0 && queue.waiting.size === 0 && this.#tenants.size > mostIdle) this.#tenants.delete(tenantId)
  }
}
