import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import type { FuzzRequest } from './generate.ts'

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export const agent = new Agent({ keepAlive: true, maxSockets: 8 })

/** Undefined when the server ended the connection instead of answering, which it may while a body is still on its way. */
export function rawSend(port: number, { method, path, headers, body }: FuzzRequest): Promise<RawAnswer | undefined> {
  return new Promise((resolve, reject) => {
    // Without a length the server waits for a body that does not come; the test asks for answers, not for patience.
    const length = body === undefined || 'content-length' in headers ? {} : { 'content-length': String(body.length) }
    const { 'content-length': claimed, ...others } = headers
    const exact = claimed === undefined ? {} : { 'content-length': String(body?.length ?? 0) }
    const options = { host: '127.0.0.1', port, method, path, headers: { ...length, ...others, ...exact }, agent, timeout: 20_000 }
    const outgoing = request(options, (incoming) => {
      const pieces: Buffer[] = []
      incoming.on('data', (piece: Buffer) => pieces.push(piece))
      incoming.on('error', () => resolve(undefined))
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: Buffer.concat(pieces).toString() }),
      )
      // It has no end; that it began is the answer.
      if (incoming.headers['content-type']?.startsWith('text/event-stream') !== true) return
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: '' })
      outgoing.destroy()
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(undefined)
      else reject(new Error(`${method} ${path.slice(0, 200)}`, { cause: error }))
    })
    outgoing.end(body)
  })
}
