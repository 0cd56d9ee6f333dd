/**
 * Arrays in PostgreSQL's binary form, for statements that send thousands of elements: neither side prints and reads them as text.
 * A buffer is sent as a binary parameter; the statement names the type (`$1::bytea[]`).
 *
 * @example
 * sql`select length(block) from unnest(${byteaArray(blocks)}::bytea[]) block`
 */
const oids = { bytea: 17, date: 1082, timestamptz: 1184 } as const

/** Dimensions, flags and element type, then of the one dimension its length and lower bound. */
const headerBytes = 20

/** PostgreSQL counts from 2000 on. */
const epoch = Date.UTC(2000, 0, 1) * 1_000
const day = 86_400_000_000
const wordSize = 2 ** 32

/** Of microseconds since 1970 UTC. */
export function timestampArray(instants: readonly number[]): Buffer {
  return arrayOf(oids.timestamptz, 8, instants, (view, at, instant) => {
    const micros = instant - epoch
    const high = Math.floor(micros / wordSize)
    view.setInt32(at, high)
    view.setUint32(at + 4, micros - high * wordSize)
  })
}

/** Days (UTC) by the instant at which they begin. */
export function dateArray(instants: readonly number[]): Buffer {
  return arrayOf(oids.date, 4, instants, (view, at, instant) => view.setInt32(at, (instant - epoch) / day))
}

export function byteaArray(elements: readonly Buffer[]): Buffer {
  const bytes = Buffer.allocUnsafe(elements.reduce((sum, { length }) => sum + 4 + length, headerBytes))
  writeHeader(bytes, oids.bytea, elements.length)
  let at = headerBytes
  for (const element of elements) {
    at = bytes.writeInt32BE(element.length, at)
    at += element.copy(bytes, at)
  }
  return bytes
}

function arrayOf(
  elementType: number,
  size: number,
  values: readonly number[],
  write: (view: DataView, at: number, value: number) => void,
): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + values.length * (4 + size))
  writeHeader(bytes, elementType, values.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = headerBytes
  for (const value of values) {
    view.setInt32(at, size)
    write(view, at + 4, value)
    at += 4 + size
  }
  return bytes
}

function writeHeader(bytes: Buffer, elementType: number, length: number): void {
  bytes.writeInt32BE(1, 0)
  bytes.writeInt32BE(0, 4)
  bytes.writeInt32BE(elementType, 8)
  bytes.writeInt32BE(length, 12)
  bytes.writeInt32BE(1, 16)
}
