import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { CompiledRoute } from './compiled-route.ts'
import type { InFlight } from './in-flight.ts'
import type { Identified, Opened, RateState, RequestFacts } from './pipeline.ts'
import { rateHeaders } from './rate-headers.ts'
import type { RequestInfo } from './route.ts'

const credentials = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-api-key', 'idempotency-key'])
const noRates: readonly RateState[] = []

/**
 * One request and its answer, from the first byte to the log line. It is also the `RequestInfo` that handlers see: what few
 * of them ask for (headers without credentials, the abort signal) is made when asked, because every request pays for the rest.
 */
export class Exchange implements RequestInfo {
  readonly facts: RequestFacts
  readonly route: CompiledRoute
  readonly startedAt = performance.now()
  identified: Identified | undefined
  opened: Opened | undefined
  /** The buckets and quotas that it was taken from, of which its answer tells. */
  rates: readonly RateState[] = noRates
  /** Its answer ends when somebody ends it, so a stop does not wait for it. */
  isEndless = false
  /** Code of the problem that was answered, for the log. */
  problem: string | undefined
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  readonly #abortable: InFlight<Exchange>
  #headers: Readonly<Record<string, string>> | undefined
  #abort: AbortController | undefined
  #place: number | undefined

  constructor(
    facts: RequestFacts,
    route: CompiledRoute,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    abortable: InFlight<Exchange>,
  ) {
    this.facts = facts
    this.route = route
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.#abortable = abortable
  }

  get id(): string {
    return this.facts.id
  }

  get address(): string {
    return this.facts.address
  }

  get userAgent(): string | undefined {
    return this.facts.headers['user-agent']
  }

  get contentType(): string | undefined {
    return this.facts.headers['content-type']
  }

  get ifMatch(): string | undefined {
    return this.facts.headers['if-match']
  }

  get authorization(): string | undefined {
    return this.route.route.permission === 'public' ? this.facts.headers.authorization : undefined
  }

  get origin(): string {
    return this.identified?.origin ?? ''
  }

  get rateHeaders(): Readonly<Record<string, string>> | undefined {
    return this.rates.length === 0 ? undefined : rateHeaders(this.rates)
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= withoutCredentials(this.facts.headers)
    return this.#headers
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController()
      const gone = this.#outgoing.destroyed || (this.#incoming.destroyed && !this.#incoming.complete)
      if (gone) this.#abort.abort()
      else this.#place = this.#abortable.enter(this)
    }
    return this.#abort.signal
  }

  /** Ends work that nobody waits for any more. */
  abort(): void {
    this.#abort?.abort()
  }

  /** Its connection is done with it: nobody aborts it from outside any more. */
  end(): void {
    if (this.#place !== undefined) this.#abortable.leave(this.#place)
    this.#place = undefined
  }

  get statusCode(): number {
    return this.#outgoing.statusCode
  }

  /** False when the client went away before the whole answer was handed to its connection. */
  get answered(): boolean {
    return this.#outgoing.writableFinished
  }
}

function withoutCredentials(headers: Readonly<IncomingHttpHeaders>): Readonly<Record<string, string>> {
  const rest: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !credentials.has(name)) rest[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return rest
}
