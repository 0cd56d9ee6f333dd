import { problems } from '../problems/catalogue.ts'
import type { Clock } from './clock.ts'
import { Connections, type ConnectionsOptions } from './connections.ts'
import type { LaneName, LaneSettings } from './lane-settings.ts'
import { LostConnection } from './lost-connection.ts'
import type { ScopeClient } from './scope-client.ts'
import { TenantGate, type Ticket } from './tenant-gate.ts'

/** Work that asks for a client of a lane. */
export interface LaneTicket extends Ticket {
  readonly signal: AbortSignal | undefined
  /** Its turn: it must call `lane.leave` when it is done with the client. */
  readonly start: (client: ScopeClient) => void
  readonly refuse: (reason: unknown) => void
}

/** Work that has its client to itself and does nothing with it: a stream whose reader takes no rows. */
export interface Hold {
  /** Milliseconds in all that the reader kept it waiting. */
  readonly kept: (now: number) => number
  /** Gives the client back. */
  readonly end: () => void
}

/** Milliseconds after which a reader makes room, if somebody waits for it. */
const longestHold = 30_000

/** How long to wait for a connection when the latest attempt to get one failed, in milliseconds. A restart passes unnoticed. */
const patienceWithoutDatabase = 1_500

export interface LaneOptions {
  readonly name: LaneName
  readonly settings: LaneSettings
  readonly clock: Clock
  readonly open: ConnectionsOptions['open']
  readonly onFailure: (error: unknown) => void
  /** Told of each lease that ended: for how many milliseconds a connection worked for the tenant. */
  readonly onWorked?: ((tenantId: string, milliseconds: number) => void) | undefined
}

export interface LaneStatistics {
  readonly inFlight: number
  readonly waiting: number
  readonly connections: number
}

/** A tenant's work goes through the gate, then onto a connection. */
export class Lane {
  readonly name: LaneName
  readonly settings: LaneSettings
  /** As PostgreSQL takes it. */
  readonly statementTimeout: string
  readonly #clock: Clock
  readonly #gate: TenantGate<LaneTicket>
  readonly #connections: Connections
  readonly #onWorked: LaneOptions['onWorked']
  readonly #holds = new Set<Hold>()
  readonly #aborts = new WeakMap<LaneTicket, () => void>()
  #state: 'open' | 'draining' | 'closed' = 'open'
  #onDrained: (() => void) | undefined

  constructor({ name, settings, clock, open, onFailure, onWorked }: LaneOptions) {
    this.#onWorked = onWorked
    this.name = name
    this.settings = settings
    this.statementTimeout = String(settings.statementTimeout)
    this.#clock = clock
    this.#gate = new TenantGate(settings)
    this.#connections = new Connections({
      most: settings.clients,
      depth: settings.depth,
      clock,
      open,
      onAvailable: () => this.#pump(),
      onFailure,
    })
  }

  /** Starts the work when its turn comes, or refuses it. `again`: it was started before and goes in front of its tenant's others. */
  enter(ticket: LaneTicket, again = false): void {
    if (ticket.signal?.aborted) {
      ticket.refuse(ticket.signal.reason)
      return
    }
    if (this.#state === 'closed' || (this.#state === 'draining' && !again)) {
      ticket.refuse(problems.unavailable('The server is stopping.', { retryAfter: 1 }))
      return
    }
    if (!again && this.#gate.tryEnter(ticket)) {
      const client = this.#connections.lease(1)
      if (client) {
        ticket.since = this.#clock.now()
        ticket.start(client)
        return
      }
      this.#gate.leave(ticket.tenantId)
    }
    ticket.since = this.#clock.now()
    if (!this.#gate.wait(ticket, again)) {
      ticket.refuse(problems.overloaded('Too many requests of this tenant are waiting already.', { retryAfter: 1 }))
      return
    }
    this.#watchAbort(ticket)
    this.#pump()
  }

  /** Ends a lease. A client that another tenant could find in a transaction is destroyed, never given back. */
  leave(ticket: LaneTicket, client: ScopeClient): void {
    this.#connections.release(client)
    this.#onWorked?.(ticket.tenantId, this.#clock.now() - ticket.since)
    if (this.settings.depth === 1 && !client.clean) client.destroy(new Error('Its last user left it in doubt.'))
    this.#gate.leave(ticket.tenantId)
    this.#pump()
  }

  /** Monotonic milliseconds. */
  now(): number {
    return this.#clock.now()
  }

  addHold(hold: Hold): void {
    this.#holds.add(hold)
  }

  removeHold(hold: Hold): void {
    this.#holds.delete(hold)
  }

  /** Looks after the clock: slow readers, silent connections, and tickets that waited too long. True when a connection had gone silent. */
  sweep(now: number): boolean {
    const silent = this.#connections.destroyOverdue(now)
    const failure = this.#connections.open === 0 ? this.#connections.lastFailure : undefined
    for (const ticket of this.#gate.removeBefore(now - (failure ? patienceWithoutDatabase : this.settings.longestWait))) {
      this.#forgetAbort(ticket)
      ticket.refuse(
        failure
          ? new LostConnection(false, failure)
          : problems.overloaded('The request waited too long for its turn at the database.', { retryAfter: 1 }),
      )
    }
    this.#pump()
    this.#endLongestHold(now)
    return silent
  }

  destroyIdle(notHeardSince: number): void {
    this.#connections.destroyIdle(notHeardSince)
  }

  statistics(): LaneStatistics {
    return { inFlight: this.#gate.inFlight, waiting: this.#gate.waiting, connections: this.#connections.open }
  }

  /** Lets what is under way or waiting finish, for at most `patience` milliseconds, then closes the connections. */
  async close(patience: number): Promise<void> {
    this.#state = 'draining'
    if (this.#gate.inFlight + this.#gate.waiting > 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#onDrained = resolve
      const timer = setTimeout(resolve, patience)
      await promise
      clearTimeout(timer)
    }
    this.#state = 'closed'
    for (const ticket of this.#gate.removeBefore(Number.POSITIVE_INFINITY)) {
      this.#forgetAbort(ticket)
      ticket.refuse(problems.unavailable('The server is stopping.', { retryAfter: 1 }))
    }
    await this.#connections.close()
  }

  #pump(): void {
    while (this.#gate.hasTurn) {
      const client = this.#connections.lease(this.#gate.waiting)
      if (!client) return
      // There is one, for it has a turn.
      const ticket = this.#gate.next() as LaneTicket
      this.#forgetAbort(ticket)
      ticket.since = this.#clock.now()
      ticket.start(client)
    }
    if (this.#onDrained && this.#gate.inFlight + this.#gate.waiting === 0) this.#onDrained()
  }

  /** One at a time, and only while somebody could go but for want of a client. */
  #endLongestHold(now: number): void {
    if (!this.#gate.hasTurn) return
    const [longest] = [...this.#holds].filter((hold) => hold.kept(now) > longestHold).sort((a, b) => b.kept(now) - a.kept(now))
    longest?.end()
  }

  #watchAbort(ticket: LaneTicket): void {
    const { signal } = ticket
    if (!signal) return
    const onAbort = () => {
      if (this.#gate.remove(ticket)) ticket.refuse(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    this.#aborts.set(ticket, onAbort)
  }

  #forgetAbort(ticket: LaneTicket): void {
    const onAbort = this.#aborts.get(ticket)
    if (onAbort) ticket.signal?.removeEventListener('abort', onAbort)
  }
}
