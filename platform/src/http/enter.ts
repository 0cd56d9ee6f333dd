import type { FastifyReply, FastifyRequest } from 'fastify'
import { problems } from '../problems/catalogue.ts'
import type { Problem } from '../problems/problem.ts'
import type { Assembly } from './assembly.ts'
import type { CompiledRoute } from './compiled-route.ts'
import { isPromise } from './eventual.ts'
import { Exchange } from './exchange.ts'
import type { Identified, RateState } from './pipeline.ts'
import { watchEnd } from './request-end.ts'
import { parseHost } from './request-host.ts'
import { requestIdFrom } from './request-id.ts'

type Done = (error?: Error) => void

/** Refuses what no route may see. Undefined when all is well. */
export function refusalAtTheEdge(assembly: Assembly, request: FastifyRequest): Problem | undefined {
  const { url = '', rawHeaders } = request.raw
  const { uriLength, headerCount } = assembly.configuration
  if (url.length > uriLength) return problems.uri_too_long('The address is longer than this server reads.', { limit: uriLength })
  // Node drops headers beyond the count without a word; a request that lost some must not be answered as if it were whole.
  if (rawHeaders.length >= headerCount * 2)
    return problems.headers_too_large('There are too many headers.', { limit: headerCount - 1 })
  if (url.charCodeAt(0) !== 47 && url !== '*')
    return problems.invalid_request('The request must name a path, not a whole address.')
  return undefined
}

/** The first half of a request's way, before its body is touched: edge, host, credential, membership, rate, permission. */
export function enter(
  assembly: Assembly,
  compiled: CompiledRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  done: Done,
): void {
  try {
    const refusal = refusalAtTheEdge(assembly, request)
    if (refusal) throw refusal
    const exchange = openExchange(assembly, compiled, request, reply)
    const identifying = assembly.pipeline.identify(exchange.facts, compiled.route)
    if (isPromise(identifying)) identifying.then((identified) => admit(assembly, exchange, identified, done)).catch(done)
    else admit(assembly, exchange, identifying, done)
  } catch (thrown) {
    done(asError(thrown))
  }
}

/** Reads what is known of a request before its credential; from here on its end is logged and counted. */
export function openExchange(
  assembly: Assembly,
  compiled: CompiledRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Exchange {
  const { raw } = request
  const forwarding = assembly.readForwarding(raw.socket.remoteAddress ?? '', raw.headers)
  const host = parseHost(forwarding.host ?? raw.headers.host)
  const facts = {
    id: requestIdFrom(forwarding.requestId),
    method: request.method,
    host: host ?? { name: '', port: undefined },
    scheme: forwarding.scheme ?? ('encrypted' in raw.socket ? 'https' : 'http'),
    address: forwarding.address,
    wasForwarded: forwarding.wasForwarded,
    restatedTenant: forwarding.restatedTenant,
    headers: raw.headers,
    query: queryOf(raw.url ?? ''),
  } as const
  const exchange = new Exchange(facts, compiled, raw, reply.raw, assembly.abortable)
  request.exchange = exchange
  watchEnd(assembly, exchange, reply.raw)
  if (!host) throw problems.invalid_request('The `Host` header is not one host name with an optional port.')
  return exchange
}

function queryOf(url: string): string {
  const mark = url.indexOf('?')
  return mark === -1 ? '' : url.slice(mark + 1)
}

function admit(assembly: Assembly, exchange: Exchange, identified: Identified, done: Done): void {
  exchange.identified = identified
  const admitting = assembly.pipeline.admit(exchange.route.route, identified, exchange)
  if (isPromise(admitting)) admitting.then((rates) => finish(exchange, rates, done)).catch(done)
  else finish(exchange, admitting, done)
}

function finish(exchange: Exchange, rates: readonly RateState[], done: Done): void {
  exchange.rates = rates
  done()
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('something that is no error was thrown', { cause: thrown })
}
