import type { IncomingMessage } from 'node:http'
import { createGunzip, createInflate } from 'node:zlib'
import { OutboundFailure } from './outbound-failure.ts'

/** The whole body, unpacked. What is beyond the cap is never unpacked, however small it came. */
export async function readAnswer(incoming: IncomingMessage, mostBytes: number): Promise<Buffer> {
  if (Number(incoming.headers['content-length'] ?? 0) > mostBytes) throw new OutboundFailure('too_large')
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of unpacked(incoming)) {
      size += chunk.length
      if (size > mostBytes) throw new OutboundFailure('too_large')
      chunks.push(chunk)
    }
  } catch (error) {
    if (/^Z_/.test((error as { code?: string }).code ?? '')) throw new OutboundFailure('encoding_unknown', { cause: error })
    throw error
  }
  return Buffer.concat(chunks)
}

function unpacked(incoming: IncomingMessage): AsyncIterable<Buffer> {
  const unpacker = unpackerOf(incoming.headers['content-encoding'])
  if (unpacker === undefined) return incoming
  // Not `pipeline`: it waits for an unpacker that was left in the middle of its work, and may wait for ever.
  incoming.on('error', (error) => unpacker.destroy(error))
  return incoming.pipe(unpacker)
}

function unpackerOf(encoding = 'identity') {
  switch (encoding.trim().toLowerCase()) {
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    default:
      throw new OutboundFailure('encoding_unknown')
  }
}
