/** Bytes one after the other, into a place that is large enough for them: whoever makes one says how much it can be at most. */
export class BlockWriter {
  readonly #bytes: Buffer
  readonly #view: DataView
  at = 0

  constructor(most: number) {
    this.#bytes = Buffer.allocUnsafe(most)
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, most)
  }

  byte(value: number): void {
    this.#bytes[this.at++] = value
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    let left = value
    for (; left >= 2 ** 31; left = Math.floor(left / 128)) this.#bytes[this.at++] = (left % 128) | 128
    for (; left > 127; left >>>= 7) this.#bytes[this.at++] = (left & 127) | 128
    this.#bytes[this.at++] = left
  }

  /** A difference, small ones of either sign in few bytes. */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  /** As `zigzag`, of less than 2^31. */
  zigzag32(value: number): void {
    let left = ((value << 1) ^ (value >> 31)) >>> 0
    for (; left > 127; left >>>= 7) this.#bytes[this.at++] = (left & 127) | 128
    this.#bytes[this.at++] = left
  }

  float(value: number): void {
    this.#view.setFloat64(this.at, value, true)
    this.at += 8
  }

  /** Keeps room for the length of what is written from here on, up to where the answer is called. */
  length(): () => void {
    const at = this.at
    this.at += 3
    return () => {
      this.#bytes.writeUIntLE(this.at - at - 3, at, 3)
    }
  }

  /** What was written, of its own. */
  written(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.at))
  }
}

/** Reads what a `BlockWriter` wrote. */
export class BlockReader {
  readonly #bytes: Buffer
  readonly #view: DataView
  at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  byte(): number {
    if (this.at >= this.#bytes.length) throw new RangeError('The bytes end too early.')
    return this.#bytes[this.at++] as number
  }

  varint(): number {
    let value = this.byte()
    if (value < 128) return value
    value &= 127
    for (let factor = 128; ; factor *= 128) {
      const byte = this.byte()
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  float(): number {
    const value = this.#view.getFloat64(this.at, true)
    this.at += 8
    return value
  }

  floats(into: Float64Array, count: number): void {
    const from = this.at
    for (let place = 0; place < count; place++) into[place] = this.#view.getFloat64(from + place * 8, true)
    this.at = from + count * 8
  }

  /** Sums of differences that `zigzag32` wrote, each a whole number of `1 / power`. */
  sums(into: Float64Array, count: number, power: number): void {
    const bytes = this.#bytes
    let [at, sum] = [this.at, 0]
    for (let place = 0; place < count; place++) {
      let byte = bytes[at++] as number
      let coded = byte & 127
      for (let shift = 7; byte > 127; shift += 7) {
        byte = bytes[at++] as number
        coded |= (byte & 127) << shift
      }
      sum += (coded >>> 1) ^ -(coded & 1)
      into[place] = sum / power
    }
    if (at > bytes.length) throw new RangeError('The bytes end too early.')
    this.at = at
  }

  /** The byte that comes next, without taking it. */
  peek(): number {
    return this.#bytes[this.at] as number
  }

  /** What `BlockWriter.length` kept room for. */
  length(): number {
    this.at += 3
    return this.#bytes.readUIntLE(this.at - 3, 3)
  }
}
