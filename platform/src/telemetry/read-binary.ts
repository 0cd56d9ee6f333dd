/**
 * PostgreSQL's binary form, read: what `binary-arrays.ts` writes. Numbers of a column are copied, for the bytes are there while the row
 * is handed over and no longer. Instants are microseconds since 1970 UTC.
 */

/** PostgreSQL counts from 2000 on. */
const epoch = Date.UTC(2000, 0, 1) * 1_000
const wordSize = 2 ** 32

/** Dimensions, flags, element type, length and lower bound; an array of nothing ends before its length. */
const headerBytes = 20
const lengthAt = 12

export function readUuid(bytes: Buffer, at = 0): string {
  const digits = bytes.toString('hex', at, at + 16)
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
}

export function readInstant(bytes: Buffer, at = 0): number {
  return bytes.readInt32BE(at) * wordSize + bytes.readUInt32BE(at + 4) + epoch
}

/** Where a day begins, UTC. */
export function readDay(bytes: Buffer, at = 0): number {
  return bytes.readInt32BE(at) * 86_400_000_000 + epoch
}

/** Where days begin, UTC. */
export function readDays(array: Buffer): number[] {
  return Array.from({ length: lengthOfArray(array) }, (_, place) => readDay(array, headerBytes + place * 8 + 4))
}

export function readInteger(bytes: Buffer): number {
  return bytes.readInt32BE(0)
}

export function lengthOfArray(array: Buffer): number {
  if (array.readInt32BE(0) === 0) return 0
  // Lengths of elements are not looked at: none of ours may be null.
  if (array.readInt32BE(4) !== 0) throw new TypeError('An array holds null where none may be.')
  return array.readInt32BE(lengthAt)
}

/** The bytes of an array that stands at the beginning of others, of elements of a size. */
export function bytesOfArray(bytes: Buffer, size: number): Buffer {
  return bytes.subarray(0, headerBytes + lengthOfArray(bytes) * (4 + size))
}

export function readUuids(array: Buffer): string[] {
  return Array.from({ length: lengthOfArray(array) }, (_, place) => readUuid(array, headerBytes + place * 20 + 4))
}

/** Where each element of an array of byteas begins in it. */
export function placesOfByteas(array: Buffer): number[] {
  let at = headerBytes
  return Array.from({ length: lengthOfArray(array) }, () => {
    const start = at + 4
    at = start + array.readInt32BE(at)
    return start
  })
}

export function readSmallints(array: Buffer): Int16Array {
  const numbers = new Int16Array(lengthOfArray(array))
  const view = viewOf(array)
  for (let place = 0; place < numbers.length; place++) numbers[place] = view.getInt16(headerBytes + place * 6 + 4)
  return numbers
}

export function readFloats(array: Buffer): Float64Array {
  const numbers = new Float64Array(lengthOfArray(array))
  const view = viewOf(array)
  for (let place = 0; place < numbers.length; place++) numbers[place] = view.getFloat64(headerBytes + place * 12 + 4)
  return numbers
}

export function readInstants(array: Buffer): Float64Array {
  const numbers = new Float64Array(lengthOfArray(array))
  const view = viewOf(array)
  for (let place = 0; place < numbers.length; place++) {
    const at = headerBytes + place * 12 + 4
    numbers[place] = view.getInt32(at) * wordSize + view.getUint32(at + 4) + epoch
  }
  return numbers
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
