import pg from 'pg'
import { readInstant, readLocalTime } from './times.ts'

export type ColumnReader = (text: string) => unknown

const readInt8: ColumnReader = (text) => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) {
    throw new RangeError('A bigint of the answer is beyond 2^53 and would lose digits; select it as text.')
  }
  return value
}

const readBoolean: ColumnReader = (text) => text === 't'
const readJson: ColumnReader = (text) => JSON.parse(text)
const readBytes: ColumnReader = (text) => Buffer.from(text.slice(2), 'hex')

/** By type oid: how to read it, and the oid of its array type. Types that are not here stay the text PostgreSQL prints. */
const types: readonly (readonly [oid: number, arrayOid: number, read: ColumnReader | undefined])[] = [
  [16, 1000, readBoolean],
  [17, 1001, readBytes],
  [20, 1016, readInt8],
  [21, 1005, Number],
  [23, 1007, Number],
  [26, 1028, Number],
  [25, 1009, undefined],
  [114, 199, readJson],
  [700, 1021, Number],
  [701, 1022, Number],
  [1042, 1014, undefined],
  [1043, 1015, undefined],
  [1082, 1182, undefined], // date: 2026-03-01, as printed
  [1083, 1183, undefined],
  [1114, 1115, readLocalTime],
  [1184, 1185, readInstant],
  [1186, 1187, undefined],
  [1700, 1231, undefined], // numeric: exact, so a string
  [2950, 2951, undefined],
  [3802, 3807, readJson],
]

const readers = new Map<number, ColumnReader>()
// At run time an object with `create`; pg-types declares it as a function.
const arrayParser = pg.types.arrayParser as unknown as {
  create: (text: string, read: (item: string) => unknown) => { parse: () => unknown[] }
}
for (const [oid, arrayOid, read] of types) {
  if (read) readers.set(oid, read)
  readers.set(arrayOid, (text) => arrayParser.create(text, read ?? String).parse())
}

/** How a column of this type is read; undefined when its text is its value. */
export function columnReader(typeOid: number): ColumnReader | undefined {
  return readers.get(typeOid)
}
