import { connect, type Socket } from 'node:net'

export interface Answered {
  readonly status: number
  readonly bytes: number
}

const headEnd = Buffer.from('\r\n\r\n')
const lastChunk = Buffer.from('0\r\n\r\n')

/**
 * One kept-alive HTTP/1.1 connection with one request on its way at a time. It reads of an answer what it needs to know where it
 * ends: a full client costs as much as the servers that it measures, on the same cores.
 */
export class LoadConnection {
  readonly #socket: Socket
  #onAnswer: ((answered: Answered | undefined) => void) | undefined
  #head: Buffer[] = []
  #status = 0
  #bytes = 0
  /** Bytes of the body still to come; -1 while the head is read, -2 for a chunked body. */
  #rest = -1
  #tail: Buffer = Buffer.alloc(0)

  static open(port: number): Promise<LoadConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new LoadConnection(socket))
      })
    })
  }

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#settle(undefined))
  }

  get usable(): boolean {
    return this.#socket.writable
  }

  /** Undefined when the connection broke. */
  send(request: Buffer, onAnswer: (answered: Answered | undefined) => void): void {
    this.#onAnswer = onAnswer
    if (this.usable) this.#socket.write(request)
    else this.#settle(undefined)
  }

  close(): void {
    this.#onAnswer = undefined
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#rest === -1) this.#readHead(chunk)
    else this.#readBody(chunk)
  }

  #readHead(chunk: Buffer): void {
    this.#head.push(chunk)
    const head = this.#head.length === 1 ? chunk : Buffer.concat(this.#head)
    const end = head.indexOf(headEnd)
    if (end < 0) return
    const text = head.toString('latin1', 0, end).toLowerCase()
    this.#status = Number(text.slice(9, 12))
    const length = /\r\ncontent-length: *(\d+)/.exec(text)?.[1]
    const bodyless = this.#status === 204 || this.#status === 304
    this.#rest = bodyless ? 0 : length === undefined ? -2 : Number(length)
    this.#readBody(head.subarray(end + headEnd.length))
  }

  #readBody(chunk: Buffer): void {
    if (this.#rest === -2) {
      this.#tail =
        chunk.length >= lastChunk.length
          ? chunk.subarray(-lastChunk.length)
          : Buffer.concat([this.#tail, chunk]).subarray(-lastChunk.length)
      if (!this.#tail.equals(lastChunk)) return
    } else {
      this.#rest -= chunk.length
      if (this.#rest > 0) return
    }
    this.#settle({ status: this.#status, bytes: this.#bytes })
  }

  #settle(answered: Answered | undefined): void {
    this.#head = []
    this.#rest = -1
    this.#bytes = 0
    this.#tail = Buffer.alloc(0)
    const onAnswer = this.#onAnswer
    this.#onAnswer = undefined
    onAnswer?.(answered)
  }
}
