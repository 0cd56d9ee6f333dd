import { allowedPlaces } from './allowed-places.ts'
import { addressesOf, destinationOf } from './destination.ts'
import { exchange, failureOf } from './exchange.ts'
import { OutboundFailure } from './outbound-failure.ts'
import { readAnswer } from './read-answer.ts'
import { dnsResolver, type ResolveName } from './resolve-name.ts'

export interface OutboundRequest {
  /** On whose behalf: each tenant has its share of what is on its way. */
  readonly tenantId: string
  readonly url: string
  /** Default GET. */
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Milliseconds for all of it, from the look-up of the name to the last byte. Default 10 seconds. */
  readonly timeout?: number
  /** Of the answer's body, unpacked. Default 1 MiB. */
  readonly mostBytes?: number
  /** Gives up when it fires; what it was aborted with is thrown then. */
  readonly signal?: AbortSignal
}

export interface OutboundAnswer {
  /** Any but a redirect. */
  readonly status: number
  /** For the caller to read. Never shown to a tenant: the answer may be of somebody else. */
  readonly body: Buffer
}

/**
 * The only way out to addresses that tenants name. Goes to public addresses over https, and elsewhere only where an operator
 * allowed it (`TENANTRY_OUTBOUND_ALLOWED`); follows no redirect, keeps no connection, and ends in time.
 */
export interface OutboundService {
  /**
   * @throws OutboundFailure with a code that may be shown
   * @example
   * const { status, body } = await services.outbound.request({ tenantId, url, headers: { authorization: `Bearer ${secret}` } })
   */
  request(request: OutboundRequest): Promise<OutboundAnswer>
  /**
   * Whether a request could go there now, for an address that is only stored. It is judged again with each request.
   *
   * @throws OutboundFailure address_refused, name_unknown, timed_out
   */
  judge(url: string): Promise<void>
  /**
   * Where a connection that speaks something else than HTTP may go: mail, for example. Connect to one of these addresses and not
   * to the name, which may lead elsewhere by then.
   *
   * @throws OutboundFailure address_refused, name_unknown, timed_out
   * @example
   * const { addresses, authorities } = await services.outbound.placesOf('mail.example.com', { encrypted: true })
   */
  placesOf(host: string, options: { readonly encrypted: boolean }): Promise<OutboundPlaces>
}

export interface OutboundPlaces {
  readonly addresses: readonly string[]
  /** PEM of those whose certificates count; undefined for those that Node trusts. */
  readonly authorities: readonly string[] | undefined
}

declare module '../http/route.ts' {
  interface Services {
    readonly outbound: OutboundService
  }
}

export interface OutboundOptions {
  /** Addresses, ranges and host names that may be private and without TLS. */
  readonly allowed: readonly string[]
  /** PEM; default those that Node trusts. */
  readonly authorities?: readonly string[] | undefined
  readonly resolve?: ResolveName
}

const usualTimeout = 10_000
const usualMostBytes = 1_048_576
/** Short: a transaction may be waiting, whose connection others need. Whoever sends is judged again. */
const longestJudgement = 1_500
/** Of one tenant, on this node. */
const mostAtOnce = 8

export function createOutbound({ allowed, authorities, resolve = dnsResolver() }: OutboundOptions): OutboundService {
  const rules = { allowed: allowedPlaces(allowed), resolve }
  const underWay = new Map<string, number>()

  async function send(request: OutboundRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    const { method = 'GET', headers = {}, body, mostBytes = usualMostBytes } = request
    const destination = await destinationOf(request.url, rules, signal)
    const incoming = await exchange(destination, { method, headers, body, authorities, signal })
    try {
      const status = incoming.statusCode ?? 0
      if (status >= 300 && status < 400) throw new OutboundFailure('redirected')
      return { status, body: await readAnswer(incoming, mostBytes) }
    } finally {
      incoming.destroy()
    }
  }

  async function inTime<T>(work: (deadline: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = AbortSignal.timeout(longestJudgement)
    try {
      return await unlessAborted(deadline, work(deadline))
    } catch (error) {
      throw deadline.aborted ? new OutboundFailure('timed_out', { cause: error }) : failureOf(error)
    }
  }

  return {
    async judge(url) {
      await inTime((deadline) => destinationOf(url, rules, deadline))
    },

    async placesOf(host, { encrypted }) {
      const addresses = await inTime((deadline) => addressesOf(host, encrypted, rules, deadline))
      return { addresses, authorities }
    },

    async request(request) {
      const { tenantId, timeout = usualTimeout } = request
      const busy = underWay.get(tenantId) ?? 0
      if (busy >= mostAtOnce) throw new OutboundFailure('too_many_at_once')
      underWay.set(tenantId, busy + 1)
      const deadline = AbortSignal.timeout(timeout)
      const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal])
      try {
        return await unlessAborted(signal, send(request, signal))
      } catch (error) {
        if (request.signal?.aborted) throw request.signal.reason
        throw deadline.aborted ? new OutboundFailure('timed_out', { cause: error }) : failureOf(error)
      } finally {
        const left = (underWay.get(tenantId) ?? 1) - 1
        if (left === 0) underWay.delete(tenantId)
        else underWay.set(tenantId, left)
      }
    },
  }
}

/** Whatever hangs, a resolver for example, holds the request no longer than its time. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    // Heard to its end in any case: a rejection that nobody hears ends the process.
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
