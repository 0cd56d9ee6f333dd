import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { requireJsonAccepted } from './accept.ts'
import type { CompiledRoute } from './compiled-route.ts'
import { etagOfBody, matchesNoneOf } from './etag.ts'
import { isAsyncIterable } from './eventual.ts'
import type { Exchange } from './exchange.ts'
import type { Answer } from './pipeline.ts'
import { Reply } from './route.ts'

/** An answer whose body is written while it is made. */
export interface StreamAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly stream: AsyncIterable<string | Uint8Array>
}

const jsonType = 'application/json; charset=utf-8'
const notForAnswers = new Set(['content-length', 'transfer-encoding', 'connection', 'date'])

/** Turns what a handler gave back into what leaves. Throws for a status or a form that the route does not declare. */
export function renderAnswer(exchange: Exchange, given: unknown): Answer | StreamAnswer {
  const compiled = exchange.route
  const reply = given instanceof Reply ? given : undefined
  const status = reply ? reply.status : compiled.status
  const body = reply ? reply.body : given
  const form = compiled.forms.get(status) ?? undeclared(compiled, `status ${status}`)
  const headers = reply ? ownHeaders(reply) : {}
  if (form.kind === 'empty') {
    if (body !== undefined && body !== null) undeclared(compiled, `a body with status ${status}`)
    return { status, headers, body: null }
  }
  if (form.kind === 'stream') {
    headers['content-type'] = reply?.contentType ?? form.contentType
    if (isAsyncIterable(body)) return { status, headers, stream: body as AsyncIterable<string | Uint8Array> }
    if (typeof body !== 'string') undeclared(compiled, `a body that is neither text nor a stream with status ${status}`)
    return { status, headers, body: body as string }
  }
  if (isAsyncIterable(body)) {
    if (reply?.contentType === undefined) undeclared(compiled, `a stream with status ${status}`)
    return {
      status,
      headers: { ...headers, 'content-type': reply?.contentType as string },
      stream: body as AsyncIterable<string | Uint8Array>,
    }
  }
  // What changes something was asked before it did; only now is known what a read answers.
  if (compiled.route.method === 'GET') requireJsonAccepted(exchange.facts.headers.accept)
  headers['content-type'] = jsonType
  const etag = compiled.route.etag === undefined ? undefined : etagOfBody(body)
  if (etag !== undefined) {
    headers.etag = etag
    if (compiled.route.method === 'GET' && matchesNoneOf(exchange.facts.headers['if-none-match'], etag)) {
      return { status: 304, headers: { etag }, body: null }
    }
  }
  return { status, headers, body: form.write(body) }
}

/** A stream that stops asking its source while the client reads slowly, and closes it when the client goes away. */
export function readableOf(stream: AsyncIterable<string | Uint8Array>): Readable {
  // Of objects: pieces made into bytes here would each be memory beside the heap, which has it collected more often.
  return Readable.from(inTurns(stream))
}

/** Other requests have their turn between two pieces, however fast the client takes them. */
async function* inTurns(stream: AsyncIterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
  for await (const piece of stream) {
    yield piece
    await nextTurn()
  }
}

function ownHeaders(reply: Reply): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(reply.headers)) {
    const lower = name.toLowerCase()
    if (!notForAnswers.has(lower)) headers[lower] = value
  }
  return headers
}

function undeclared(compiled: CompiledRoute, what: string): never {
  throw new Error(`Route ${compiled.route.operation} answered ${what}, which it does not declare.`)
}
