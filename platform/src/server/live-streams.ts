import { requireStatus } from '../access/guards.ts'
import type { Principal } from '../access/principal.ts'
import { requireAddress } from '../access/require-address.ts'
import type { Directory } from '../directory/directory.ts'
import type { RequestInfo, Route } from '../http/route.ts'
import type { Verified, Verifier } from './verifier.ts'

/** Milliseconds between two looks: with the directory's own second nobody is told anything two seconds after he was shut out. */
const interval = 500

interface Watched {
  /** Where its caller came from. */
  readonly address: string
  readonly route: Route
  readonly principal: Verified
  readonly end: () => void
}

/**
 * A stream outlives the check at its beginning, so it is checked again while it runs: a key revoked, a session ended,
 * a role or an address list changed or a tenant suspended meanwhile ends it. Routes that answer at once are not watched and pay nothing.
 */
export class LiveStreams {
  readonly #directory: Directory
  readonly #verifier: Verifier
  readonly #watched = new Map<RequestInfo, Watched>()
  readonly #timer: NodeJS.Timeout

  constructor(directory: Directory, verifier: Verifier) {
    this.#directory = directory
    this.#verifier = verifier
    this.#timer = setInterval(() => this.#lookAtAll(), interval)
    this.#timer.unref()
  }

  /** From the beginning of the answer; `end` is called should its caller be shut out. */
  watch(route: Route, principal: Principal, request: RequestInfo, end: () => void): void {
    if (principal.kind !== 'public' && principal.kind !== 'person')
      this.#watched.set(request, { address: request.address, route, principal, end })
  }

  /** The answer is over. */
  settle(request: RequestInfo): void {
    this.#watched.delete(request)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #lookAtAll(): void {
    for (const watched of this.#watched.values()) {
      this.#stillWelcome(watched).then(
        (welcome) => welcome || watched.end(),
        // What cannot be checked is not let go on.
        () => watched.end(),
      )
    }
  }

  async #stillWelcome({ address, route, principal }: Watched): Promise<boolean> {
    if (principal.kind !== 'operator') {
      const tenant = await this.#directory.tenantById(principal.tenantId)
      if (tenant === undefined) return false
      requireStatus(tenant, route)
      requireAddress(tenant, principal, address)
    }
    return this.#verifier.isLive(principal)
  }
}
