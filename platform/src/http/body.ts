import type { IncomingMessage } from 'node:http'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { problems } from '../problems/catalogue.ts'
import { cleanJson } from './clean-value.ts'
import { namesKeyTwice } from './duplicate-keys.ts'

const inflators: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
}

/** `application/json; charset=utf-8` → `application/json`. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase()
}

export function hasBody(incoming: IncomingMessage): boolean {
  const length = incoming.headers['content-length']
  return incoming.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

/** The body's bytes, inflated. Never more than `limit` of them, sent or inflated: `body_too_large` instead. */
export async function* bodyBytes(incoming: IncomingMessage, limit: number): AsyncGenerator<Uint8Array, void, undefined> {
  refuseLength(incoming, limit)
  const encoding = incoming.headers['content-encoding']?.trim().toLowerCase()
  if (encoding === undefined || encoding === '' || encoding === 'identity') {
    yield* capped(incoming, limit)
    return
  }
  const inflator = Object.hasOwn(inflators, encoding) ? inflators[encoding] : undefined
  if (!inflator) {
    throw problems.unsupported_media_type('The content encoding is not one that can be read.', {
      accepted: ['gzip', 'deflate', 'br', 'zstd'],
    })
  }
  const inflate = inflator()
  incoming.on('error', (error) => inflate.destroy(error))
  try {
    yield* capped(incoming.pipe(inflate), limit)
  } catch (error) {
    throw isInflationError(error)
      ? problems.malformed_body('The body is not what its content encoding says.', undefined, error)
      : error
  } finally {
    incoming.unpipe(inflate)
    inflate.destroy()
  }
}

/** The whole body in one piece. */
export async function wholeBody(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  if (incoming.headers['content-encoding'] === undefined) return plainBody(incoming, limit)
  const pieces: Uint8Array[] = []
  for await (const piece of bodyBytes(incoming, limit)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Parses a JSON body and answers it clean; see `cleanJson`. */
export function parseJson(bytes: Buffer, depth: number): unknown {
  let text: string
  let value: unknown
  try {
    text = strictUtf8.decode(bytes)
    value = JSON.parse(text)
  } catch (cause) {
    throw problems.malformed_body('The body is not well-formed JSON in UTF-8.', undefined, cause)
  }
  const clean = cleanJson(value, depth)
  // Whoever stands between us and the client may have believed the other one.
  if (namesKeyTwice(text, clean)) throw problems.malformed_body('The body names a key twice in one object.')
  return clean
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

async function* capped(stream: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0
  for await (const piece of stream) {
    size += piece.length
    if (size > limit) throw tooLarge(limit)
    yield piece
  }
}

/** The common case by plain events: an async iterator over a request costs several times as much for small bodies. */
function plainBody(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  refuseLength(incoming, limit)
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    incoming.on('data', (piece: Buffer) => {
      size += piece.length
      if (size > limit) {
        incoming.pause()
        reject(tooLarge(limit))
      } else pieces.push(piece)
    })
    incoming.on('end', () => resolve(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)))
    incoming.on('error', reject)
  })
}

function refuseLength(incoming: IncomingMessage, limit: number): void {
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
}

function tooLarge(limit: number) {
  return problems.body_too_large('The body is larger than this route takes.', { limit })
}

function isInflationError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^(Z_|ERR_|BROTLI_|ZSTD_)/i.test(code) && code !== 'ERR_STREAM_PREMATURE_CLOSE'
}
