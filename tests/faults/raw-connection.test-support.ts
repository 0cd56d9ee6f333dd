import { connect, type Socket } from 'node:net'

export interface RawConnection {
  readonly socket: Socket
  readonly received: () => string
  /** Resolves when the connection is over, however that came about. */
  readonly over: Promise<void>
}

/** Bytes on a socket, for clients that no HTTP library would imitate. Reads nothing when `deaf`. */
export function rawConnection(port: number, { deaf = false } = {}): RawConnection {
  // The server may say its last word, and the client still has its own half open.
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let received = ''
  socket.setEncoding('utf8')
  if (deaf) socket.pause()
  else socket.on('data', (text: string) => (received += text))
  socket.on('error', () => undefined)
  const over = new Promise<void>((resolve) => {
    socket.once('end', resolve)
    socket.once('close', () => resolve())
  })
  return { socket, received: () => received, over }
}

export function head(method: string, path: string, key: string, more: Readonly<Record<string, string>> = {}): string {
  const headers = { host: '127.0.0.1', authorization: `Bearer ${key}`, ...more }
  return `${[`${method} ${path} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`
}
