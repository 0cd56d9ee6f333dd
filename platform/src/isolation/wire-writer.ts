import type { WireValue } from './wire-values.ts'

const usualSize = 64 * 1024
const syncMessage = Buffer.from([0x53, 0, 0, 0, 4])

/**
 * Writes messages of PostgreSQL's extended protocol one after another, so that a whole batch leaves in one network write.
 * One instance serves the process: a batch is written from first to last byte without a pause.
 */
class WireWriter {
  #buffer = Buffer.allocUnsafe(usualSize)
  #end = 0
  #lengthAt = 0

  parse(name: string, text: string): void {
    this.#open(0x50)
    this.#terminated(name)
    this.#terminated(text)
    this.#int16(0)
    this.#close()
  }

  /** `asBytes`: all columns are answered in binary form. */
  bind(portal: string, name: string, values: readonly WireValue[], asBytes = false): void {
    this.#open(0x42)
    this.#terminated(portal)
    this.#terminated(name)
    this.#formats(values)
    this.#int16(values.length)
    for (const value of values) this.#value(value)
    this.#int16(asBytes ? 1 : 0)
    if (asBytes) this.#int16(1)
    this.#close()
  }

  describePortal(portal: string): void {
    this.#open(0x44)
    this.#reserve(1)
    this.#buffer[this.#end++] = 0x50
    this.#terminated(portal)
    this.#close()
  }

  /** Zero rows means all of them. */
  execute(portal: string, maxRows: number): void {
    this.#open(0x45)
    this.#terminated(portal)
    this.#int32(maxRows)
    this.#close()
  }

  closeStatement(name: string): void {
    this.#closeNamed(0x53, name)
  }

  closePortal(portal: string): void {
    this.#closeNamed(0x50, portal)
  }

  /** Adds the Sync and hands the batch over as a buffer of its own. */
  takeWithSync(): Buffer {
    this.#reserve(syncMessage.length)
    syncMessage.copy(this.#buffer, this.#end)
    const batch = Buffer.allocUnsafe(this.#end + syncMessage.length)
    this.#buffer.copy(batch, 0, 0, batch.length)
    this.#end = 0
    // One large import must not keep its size for ever.
    if (this.#buffer.length > usualSize * 16) this.#buffer = Buffer.allocUnsafe(usualSize)
    return batch
  }

  discard(): void {
    this.#end = 0
  }

  #closeNamed(kind: number, name: string): void {
    this.#open(0x43)
    this.#reserve(1)
    this.#buffer[this.#end++] = kind
    this.#terminated(name)
    this.#close()
  }

  #open(code: number): void {
    this.#reserve(5)
    this.#buffer[this.#end] = code
    this.#lengthAt = this.#end + 1
    this.#end += 5
  }

  #close(): void {
    this.#buffer.writeUInt32BE(this.#end - this.#lengthAt, this.#lengthAt)
  }

  #formats(values: readonly WireValue[]): void {
    if (!values.some(isBinary)) {
      this.#int16(0)
      return
    }
    this.#int16(values.length)
    for (const value of values) this.#int16(isBinary(value) ? 1 : 0)
  }

  #value(value: WireValue): void {
    if (value === null) {
      this.#int32(-1)
    } else if (typeof value === 'string') {
      this.#reserve(4 + value.length * 3)
      const length = this.#buffer.write(value, this.#end + 4, 'utf8')
      this.#buffer.writeInt32BE(length, this.#end)
      this.#end += 4 + length
    } else {
      this.#int32(value.length)
      this.#reserve(value.length)
      value.copy(this.#buffer, this.#end)
      this.#end += value.length
    }
  }

  #terminated(text: string): void {
    this.#reserve(text.length * 3 + 1)
    if (text.length > 0) this.#end += this.#buffer.write(text, this.#end, 'utf8')
    this.#buffer[this.#end++] = 0
  }

  #int16(value: number): void {
    this.#reserve(2)
    this.#buffer[this.#end++] = value >>> 8
    this.#buffer[this.#end++] = value & 0xff
  }

  #int32(value: number): void {
    this.#reserve(4)
    this.#buffer.writeInt32BE(value, this.#end)
    this.#end += 4
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#end + bytes))
    this.#buffer.copy(larger, 0, 0, this.#end)
    this.#buffer = larger
  }
}

function isBinary(value: WireValue): boolean {
  return typeof value === 'object' && value !== null
}

export const wireWriter = new WireWriter()
