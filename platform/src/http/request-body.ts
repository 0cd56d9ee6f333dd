import type { FastifyRequest } from 'fastify'
import { problems } from '../problems/catalogue.ts'
import { bodyBytes, hasBody, mediaTypeOf, parseJson, wholeBody } from './body.ts'
import type { CompiledRoute } from './compiled-route.ts'
import { anyContent } from './route.ts'

export interface ReceivedBody {
  /** Parsed JSON, not yet held against the schema. */
  readonly json: unknown
  /** Other content, as it arrives. */
  readonly raw: AsyncIterable<Uint8Array> | undefined
  /** All bytes, where they had to be read first. */
  readonly bytes: Uint8Array | undefined
}

const none: ReceivedBody = { json: undefined, raw: undefined, bytes: undefined }

/** True when there is nothing to wait for: most requests. */
export function isBodiless(compiled: CompiledRoute, request: FastifyRequest): boolean {
  return !compiled.takesBody && !hasBody(request.raw)
}

/** Receives the body as the route wants it. `whole`: also when it could be streamed, because it has to be fingerprinted. */
export async function receiveBody(
  compiled: CompiledRoute,
  request: FastifyRequest,
  depth: number,
  whole: boolean,
): Promise<ReceivedBody> {
  const incoming = request.raw
  if (!hasBody(incoming)) return none
  // A body without a meaning for its method is ignored, as HTTP says; one that a caller believes to matter is refused.
  if (!compiled.takesBody) {
    if (compiled.route.method === 'GET') return none
    throw problems.invalid_request('This route takes no body.')
  }
  const contentType = incoming.headers['content-type']
  const media = mediaTypeOf(contentType)
  if (!isAccepted(compiled, media) || !isUtf8(contentType)) {
    throw problems.unsupported_media_type('The content type is not one that this route takes.', { accepted: compiled.accepts })
  }
  if (media !== 'application/json' || compiled.route.body === undefined) {
    if (!whole) return { json: undefined, raw: bodyBytes(incoming, compiled.bodyLimit), bytes: undefined }
    const bytes = await wholeBody(incoming, compiled.bodyLimit)
    return { json: undefined, raw: once(bytes), bytes }
  }
  const bytes = await wholeBody(incoming, compiled.bodyLimit)
  return { json: bytes.length === 0 ? undefined : parseJson(bytes, depth), raw: undefined, bytes }
}

function isAccepted({ accepts }: CompiledRoute, media: string | undefined): boolean {
  return accepts.includes(anyContent) || (media !== undefined && accepts.includes(media))
}

function isUtf8(contentType: string | undefined): boolean {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1]
  return charset === undefined || charset.toLowerCase() === 'utf-8' || charset.toLowerCase() === 'utf8'
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}
