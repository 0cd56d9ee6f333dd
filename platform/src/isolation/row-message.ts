import type { Readable } from 'node:stream'
import type pg from 'pg'
import { Parser } from 'pg-protocol/dist/parser.js'

interface Message {
  readonly name: string
}

// Its types keep private what we have to override; what a message says is its own affair.
const PgParser = Parser as unknown as new () => {
  handlePacket(offset: number, code: number, length: number, bytes: Buffer): Message
}

const codeOfRow = 0x44

/** A row as it came. pg reads every column as text; whoever asks for bytes must have them untouched, and at once. */
export class RowMessage implements Message {
  readonly name = 'dataRow'
  readonly #bytes: Buffer
  readonly #offset: number

  constructor(bytes: Buffer, offset: number) {
    this.#bytes = bytes
    this.#offset = offset
  }

  texts(): (string | null)[] {
    return this.#columns((start, end) => this.#bytes.toString('utf8', start, end))
  }

  bytes(): (Buffer | null)[] {
    return this.#columns((start, end) => this.#bytes.subarray(start, end))
  }

  #columns<T>(read: (start: number, end: number) => T): (T | null)[] {
    const bytes = this.#bytes
    const columns = new Array<T | null>(bytes.readInt16BE(this.#offset))
    let at = this.#offset + 2
    for (let index = 0; index < columns.length; index++) {
      const length = bytes.readInt32BE(at)
      at += 4
      columns[index] = length === -1 ? null : read(at, at + length)
      if (length > 0) at += length
    }
    return columns
  }
}

/** Of a message: its code, and its length without the code. */
const headerBytes = 5

/** A message as large as this is no reason to keep so much for the next one. */
const largestKept = 1_048_576

/**
 * Rows are large, so a message comes in several pieces: they are put together in one buffer that serves all messages of a connection.
 * pg's parser makes new ones as it goes, several times what a row holds, and collecting them took longer than reading.
 */
class RowParser extends PgParser {
  #begun: Buffer = Buffer.allocUnsafe(0)
  #held = 0

  parse(bytes: Buffer, onMessage: (message: Message) => void): void {
    let at = 0
    while (this.#held > 0 && at < bytes.length) at += this.#goOn(bytes, at, onMessage)
    while (at + headerBytes <= bytes.length) {
      const end = at + 1 + bytes.readUInt32BE(at + 1)
      if (end > bytes.length) break
      onMessage(this.#read(bytes, at))
      at = end
    }
    if (at < bytes.length) this.#keep(bytes, at, bytes.length)
  }

  override handlePacket(offset: number, code: number, length: number, bytes: Buffer): Message {
    return code === codeOfRow ? new RowMessage(bytes, offset) : super.handlePacket(offset, code, length, bytes)
  }

  /** Adds to the message that was begun, up to its end. Answers how many bytes that took. */
  #goOn(bytes: Buffer, at: number, onMessage: (message: Message) => void): number {
    const whole = this.#lengthOfBegun()
    const taken = Math.min(whole - this.#held, bytes.length - at)
    this.#keep(bytes, at, at + taken)
    if (this.#held >= headerBytes && this.#held === this.#lengthOfBegun()) {
      const message = this.#begun
      this.#held = 0
      if (message.length > largestKept) this.#begun = Buffer.allocUnsafe(0)
      onMessage(this.#read(message, 0))
    }
    return taken
  }

  /** Until the header is there, that is what is wanted. */
  #lengthOfBegun(): number {
    return this.#held < headerBytes ? headerBytes : 1 + this.#begun.readUInt32BE(1)
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    const known = to - from >= headerBytes && this.#held === 0 ? 1 + bytes.readUInt32BE(from + 1) : this.#lengthOfBegun()
    const room = Math.max(known, this.#held + to - from)
    if (room > this.#begun.length) {
      const larger = Buffer.allocUnsafe(room)
      this.#begun.copy(larger, 0, 0, this.#held)
      this.#begun = larger
    }
    bytes.copy(this.#begun, this.#held, from, to)
    this.#held += to - from
  }

  #read(bytes: Buffer, at: number): Message {
    return this.handlePacket(at + headerBytes, bytes[at] as number, bytes.readUInt32BE(at + 1), bytes)
  }
}

/**
 * Bytes after which other requests have their turn: PostgreSQL sends faster than rows can be read, and as long as there is more to read
 * the event loop would do nothing else. So many are read at once, too, and no more of them than there is time for: a few hundred may be
 * a row of thousands of points.
 */
const turnAfter = 32_768
const pieceBytes = 4_096
const longestTurn = 0.25

/** Has a connection hand on its rows as `RowMessage`. Before it connects. */
export function readRowsAsTheyAre(connection: pg.Connection): void {
  const tell = (message: Message) => connection.emit(message.name === 'error' ? 'errorMessage' : message.name, message)
  const attachListeners = (stream: Readable) => {
    const parser = new RowParser()
    const waiting: Buffer[] = []
    let sinceTurn = 0
    const resume = () => {
      if (waiting.length === 0) stream.resume()
    }
    const readOn = () => {
      const until = performance.now() + longestTurn
      for (let bytes = waiting[0]; bytes !== undefined && !stream.destroyed; bytes = waiting[0]) {
        if (bytes.length > pieceBytes) waiting[0] = bytes.subarray(pieceBytes)
        else waiting.shift()
        parser.parse(bytes.length > pieceBytes ? bytes.subarray(0, pieceBytes) : bytes, tell)
        if (performance.now() > until) break
      }
      setImmediate(waiting.length > 0 && !stream.destroyed ? readOn : resume)
    }
    stream.on('data', (bytes: Buffer) => {
      sinceTurn += bytes.length
      if (waiting.length > 0 || bytes.length > pieceBytes) {
        sinceTurn = 0
        stream.pause()
        if (waiting.push(bytes) === 1) readOn()
        return
      }
      parser.parse(bytes, tell)
      if (sinceTurn < turnAfter) return
      sinceTurn = 0
      stream.pause()
      setImmediate(resume)
    })
  }
  Object.assign(connection, { attachListeners })
}
