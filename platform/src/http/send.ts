import type { FastifyReply, FastifyRequest } from 'fastify'
import { problems } from '../problems/catalogue.ts'
import type { Problem } from '../problems/problem.ts'
import { readableOf, type StreamAnswer } from './answer.ts'
import type { Assembly } from './assembly.ts'
import { hasBody } from './body.ts'
import type { Answer } from './pipeline.ts'
import { problemDocument, problemOf } from './problem-document.ts'
import { retryAfter, spentRateHeaders } from './rate-headers.ts'
import { newRequestId } from './request-id.ts'
import { describeError } from './request-log.ts'
import { dataHeaders } from './security-headers.ts'

const problemType = 'application/problem+json; charset=utf-8'
/** Clients of other products know no problem documents by that name. */
const foreignProblemType = 'application/json; charset=utf-8'

/** Puts an answer on its way. */
export function send(assembly: Assembly, request: FastifyRequest, reply: FastifyReply, answer: Answer | StreamAnswer): void {
  const headers = Object.assign(sharedHeaders(assembly, request), request.exchange?.rateHeaders, answer.headers)
  if (!('stream' in answer)) write(request, reply, answer.status, headers, answer.body)
  // A HEAD must not start the work of a stream, and ends what was begun.
  else if (request.method === 'HEAD') {
    // Nobody is left to be told how that went.
    answer.stream[Symbol.asyncIterator]()
      .return?.()
      ?.catch(() => undefined)
    reply.code(answer.status).headers(headers).send()
  } else reply.code(answer.status).headers(headers).send(readableOf(answer.stream))
}

/** Past the framework's own way, which looks again at what is known here: a body that is text, its type, no hooks. */
function write(
  request: FastifyRequest,
  { raw }: FastifyReply,
  status: number,
  headers: Record<string, string>,
  body: string | null,
): void {
  if (body !== null) headers['content-length'] = String(Buffer.byteLength(body))
  else if (status !== 204 && status !== 304 && request.method !== 'HEAD') headers['content-length'] = '0'
  raw.writeHead(status, headers)
  raw.end(body ?? undefined)
}

/**
 * Answers anything thrown as a problem document, or as the page that `draw` makes of it. What is no Problem is logged in full and told
 * as `internal`.
 */
export function refuse(
  assembly: Assembly,
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
  extra?: Record<string, string>,
  draw?: (problem: Problem) => Answer,
): void {
  const problem = problemOf(thrown)
  const exchange = request.exchange
  if (exchange) exchange.problem = problem.code
  if (problem.code === 'internal') {
    const route = exchange?.route.route.operation
    assembly.logger.error(
      { requestId: requestIdOf(request), route, error: describeError(problem.cause ?? problem) },
      'internal error',
    )
  }
  const headers = sharedHeaders(assembly, request)
  // A not-found says nothing of buckets, to be the same for all.
  if (problem.code !== problems.not_found.definition.code) Object.assign(headers, exchange?.rateHeaders)
  if (problem.code === problems.rate_limited.definition.code) Object.assign(headers, spentRateHeaders(problem.members))
  const protocol = exchange?.route.route.protocol
  headers['content-type'] = protocol ? foreignProblemType : problemType
  const seconds = retryAfter(problem.members)
  if (seconds !== undefined) headers['retry-after'] = seconds
  if (problem.status === 401) headers['www-authenticate'] = protocol?.challenge ?? 'Bearer'
  if (extra) Object.assign(headers, extra)
  // The rest of a body that was refused unread would otherwise be read to its end for the next request's sake.
  if (hasBody(request.raw) && !request.raw.complete) headers.connection = 'close'
  const tell = () => {
    const page = draw?.(problem)
    if (page !== undefined) write(request, reply, page.status, { ...headers, ...page.headers }, page.body)
    else write(request, reply, problem.status, headers, problemDocument(problem, assembly.advice, protocol))
  }
  if (problem.code !== problems.rate_limited.definition.code || assembly.stopping) {
    tell()
    return
  }
  reply.hijack()
  const caller = exchange?.identified?.tenant?.id ?? exchange?.address ?? ''
  if (assembly.heldRefusals.tell(caller, () => reply.raw.destroyed || tell())) return
  headers.connection = 'close'
  tell()
}

function sharedHeaders(assembly: Assembly, request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = { ...dataHeaders, 'cache-control': 'no-store', 'x-request-id': requestIdOf(request) }
  if (assembly.stopping) headers.connection = 'close'
  return headers
}

/** A request that was refused before anything was known of it gets its id here. */
function requestIdOf(request: FastifyRequest): string {
  if (request.exchange) return request.exchange.id
  request.id ||= newRequestId()
  return request.id
}
