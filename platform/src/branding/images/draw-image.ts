import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { invalidRequest } from '../../http/input.ts'
import { problems } from '../../problems/catalogue.ts'
import type { ImageKind } from '../brand-schema.ts'
import { frames, patience } from './image-limits.ts'

/** A picture as PNG, without anything that was hidden in it. */
export interface DrawnImage {
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
}

const program = fileURLToPath(new URL('./draw.ts', import.meta.url))
const atOnce = 2
const mostWaiting = 8
let working = 0
const waiting: (() => void)[] = []

/**
 * Draws a picture anew as PNG, an SVG as well: what leaves is never what came in.
 *
 * Decoders are large native programs, and what they are fed comes from strangers. They run in a process of their own, which
 * has no credential in its environment and is ended when it takes too long: an SVG of a few hundred bytes can keep one busy for ever.
 *
 * @throws invalid_request for what is no PNG, JPEG, WebP or SVG, is too large in pixels, or takes longer than twenty seconds
 * @throws overloaded while many others are being drawn
 */
export async function drawImage(upload: Uint8Array, kind: ImageKind): Promise<DrawnImage> {
  if (waiting.length >= mostWaiting)
    throw problems.overloaded('Many pictures are being drawn; try again in a moment.', { retryAfter: 5 })
  if (working >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  else working++
  try {
    return await drawApart(upload, kind)
  } finally {
    const next = waiting.shift()
    if (next === undefined) working--
    else next()
  }
}

function drawApart(upload: Uint8Array, kind: ImageKind): Promise<DrawnImage> {
  const { width, height } = frames[kind]
  const { promise, resolve, reject } = Promise.withResolvers<DrawnImage>()
  const child = spawn(process.execPath, ['--max-old-space-size=128', program, String(width), String(height)], {
    env: { VIPS_CONCURRENCY: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: patience,
    killSignal: 'SIGKILL',
  })
  const pieces: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  // It may have seen enough, and ended, before it was told all.
  child.stdin.on('error', () => undefined)
  child.on('error', reject)
  child.on('close', (code, signal) => {
    const bytes = Buffer.concat(pieces)
    if (code === 0 && bytes.length > 24) resolve({ bytes, width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) })
    else reject(signal === 'SIGKILL' ? refused('takes too long to draw; make it simpler') : refused(reasons[code ?? 0] ?? unread))
  })
  child.stdin.end(upload)
  return promise
}

const unread = 'could not be read as a picture'
/** Exit codes of `draw.ts`. */
const reasons: Readonly<Record<number, string>> = {
  3: 'is none of PNG, JPEG, WebP and SVG',
  4: 'has too many pixels',
}

function refused(why: string): Error {
  return invalidRequest([{ in: 'body', pointer: '', message: `The picture ${why}.` }])
}
