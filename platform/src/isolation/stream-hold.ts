import { problems } from '../problems/catalogue.ts'
import type { Hold, Lane } from './lane.ts'
import type { Session } from './session.ts'

/** How long a stream's reader has kept its client waiting, and what ends it when others need the client. */
export class StreamHold implements Hold {
  readonly #lane: Lane
  readonly #session: Session
  #total = 0
  #since = 0
  #ended: Promise<void> | undefined

  constructor(lane: Lane, session: Session) {
    this.#lane = lane
    this.#session = session
  }

  /** The reader has rows to take, and PostgreSQL nothing to do. */
  begin(): void {
    this.#since = this.#lane.now()
    this.#lane.addHold(this)
  }

  /** The reader took them all. @throws timed_out when the client was taken from it meanwhile */
  pause(): void {
    this.#lane.removeHold(this)
    this.#total = this.kept(this.#lane.now())
    if (this.#ended) throw problems.timed_out('The rows were taken too slowly while others waited to read theirs.')
  }

  kept(now: number): number {
    return this.#total + now - this.#since
  }

  /** Called between two pages only, so there is nothing under way that a ROLLBACK would have to wait for. */
  end(): void {
    this.#lane.removeHold(this)
    this.#ended = this.#session.rollback()
  }

  /** The client is not touched again once this resolves. */
  async over(): Promise<void> {
    this.#lane.removeHold(this)
    await this.#ended
  }
}
