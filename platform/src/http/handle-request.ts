import type { FastifyReply, FastifyRequest } from 'fastify'
import { problems } from '../problems/catalogue.ts'
import { requireJsonAccepted } from './accept.ts'
import { renderAnswer } from './answer.ts'
import type { Assembly } from './assembly.ts'
import type { CompiledRoute } from './compiled-route.ts'
import { requireIfMatch } from './etag.ts'
import { isPromise } from './eventual.ts'
import type { Exchange } from './exchange.ts'
import { fingerprintOf } from './fingerprint.ts'
import { readInput } from './input.ts'
import type { Answer, AnyContext, Identified, Pipeline, RateState } from './pipeline.ts'
import { isBodiless, receiveBody } from './request-body.ts'
import { idempotencyKeyOf, reasonOf } from './request-headers.ts'
import { refuse, send } from './send.ts'

/** The second half of a request's way, after `enter`: body, schemas, scope, idempotency, quota, handler, answer. */
export async function handleRequest(
  assembly: Assembly,
  compiled: CompiledRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const exchange = request.exchange as Exchange
  const identified = exchange.identified as Identified
  const { route } = compiled
  const { pipeline, configuration } = assembly
  try {
    const key = idempotencyKeyOf(route, request.headers['idempotency-key'])
    const reason = route.entersTenant ? reasonOf(exchange) : undefined
    if (route.etag === 'required' && route.method !== 'GET') requireIfMatch(exchange)
    if (route.method !== 'GET' && compiled.forms.get(compiled.status)?.kind === 'json') {
      requireJsonAccepted(request.headers.accept)
    }
    const received = isBodiless(compiled, request)
      ? undefined
      : await receiveBody(compiled, request, configuration.jsonDepth, key !== undefined)

    const params = request.params as Record<string, string>
    const input = readInput(route, params, request.query as string, received)
    const opening = pipeline.open(route, identified, (input.params ?? {}) as Record<string, unknown>, exchange, reason)
    const opened = isPromise(opening) ? await opening : opening
    exchange.opened = opened

    const context: AnyContext = {
      params: input.params,
      query: input.query,
      body: input.body,
      rawBody: received?.raw,
      request: exchange,
      services: pipeline.services,
      principal: identified.principal,
      tenant: opened.tenant,
      scope: opened.scope,
    }
    if (key === undefined) {
      if (route.prepare !== undefined) await route.prepare(context)
      const given = consumeAndHandle(pipeline, exchange, identified, context)
      const answer = renderAnswer(exchange, isPromise(given) ? await given : given)
      exchange.isEndless = answer.headers['content-type']?.startsWith('text/event-stream') === true
      // Of one that is gone the end is not told again.
      if ('stream' in answer && !reply.raw.destroyed) pipeline.watch?.(route, identified, exchange, () => cutOff(exchange, reply))
      send(assembly, request, reply, answer)
    } else {
      const fingerprint = fingerprintOf(route.method, request.url, exchange.contentType, received?.bytes)
      send(assembly, request, reply, await answerOnce(pipeline, exchange, identified, key, fingerprint, context))
    }
  } catch (thrown) {
    if (reply.sent) assembly.logger.error({ requestId: exchange.id }, 'thrown after the answer left')
    else refuse(assembly, request, reply, thrown)
  }
}

/** Its source hears of it by the signal, if it listens; the caller gets nothing more either way, and sees that it is not the whole. */
function cutOff(exchange: Exchange, reply: FastifyReply): void {
  exchange.abort()
  reply.raw.destroy()
}

/** Quota is taken by what is carried out: not by a request that its schema refuses, nor by an answer that is told again. */
function consumeAndHandle(
  pipeline: Pipeline,
  exchange: Exchange,
  identified: Identified,
  context: AnyContext,
  key?: string,
): unknown {
  const { route } = exchange.route
  const handle = (quotas: readonly RateState[]) => {
    if (quotas.length > 0) exchange.rates = [...exchange.rates, ...quotas]
    return route.handle(context)
  }
  const consumed = pipeline.consume(route, identified, exchange, key)
  return isPromise(consumed) ? consumed.then(handle) : handle(consumed)
}

async function answerOnce(
  pipeline: Pipeline,
  exchange: Exchange,
  identified: Identified,
  key: string,
  fingerprint: string,
  context: AnyContext,
): Promise<Answer> {
  const { route } = exchange.route
  // Before the transaction, and told in it: a request that was answered before has that answer.
  const [prepared] = await Promise.allSettled([route.prepare?.(context)])
  const run = async (inner: AnyContext): Promise<Answer> => {
    if (prepared.status === 'rejected') throw prepared.reason
    const answer = renderAnswer(exchange, await consumeAndHandle(pipeline, exchange, identified, inner, key))
    if ('stream' in answer)
      throw problems.internal(
        'Something went wrong on our side.',
        undefined,
        new Error(`Route ${route.operation} streams; its answer cannot be kept.`),
      )
    return answer
  }
  return pipeline.idempotent({ route, identified, request: exchange, key, fingerprint, context, run })
}
