import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import fc from 'fast-check'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { type RowMessage, readRowsAsTheyAre } from './row-message.ts'

type Columns = readonly (string | null)[]

/** A row as PostgreSQL sends it. */
function rowBytes(columns: Columns): Buffer {
  const parts = columns.flatMap((column) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(column === null ? -1 : Buffer.byteLength(column))
    return column === null ? [length] : [length, Buffer.from(column)]
  })
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(7)
  head[0] = 0x44
  head.writeUInt32BE(6 + body.length, 1)
  head.writeInt16BE(columns.length, 5)
  return Buffer.concat([head, body])
}

/** `C`, `SELECT 1`: what pg reads itself. */
const complete = Buffer.concat([Buffer.from([0x43, 0, 0, 0, 13]), Buffer.from('SELECT 1\0')])

function attached() {
  const connection = new EventEmitter()
  readRowsAsTheyAre(connection as pg.Connection)
  const stream = new PassThrough({ highWaterMark: 10_000_000 })
  ;(connection as unknown as { attachListeners: (stream: PassThrough) => void }).attachListeners(stream)
  return { connection, stream }
}

async function readIn(pieces: readonly Buffer[]): Promise<{ rows: Columns[]; bytes: Columns[]; tags: string[] }> {
  const read = { rows: [] as Columns[], bytes: [] as Columns[], tags: [] as string[] }
  const { connection, stream } = attached()
  connection.on('dataRow', (row: RowMessage) => {
    read.rows.push(row.texts())
    read.bytes.push(row.bytes().map((column) => column?.toString() ?? null))
  })
  connection.on('commandComplete', ({ text }: { text: string }) => read.tags.push(text))
  for (const piece of pieces) stream.write(piece)
  stream.end()
  await finished(stream, { writable: false })
  return read
}

test('rows are read alike wherever the network cuts them, as texts and as bytes', async () => {
  const row = fc.array(fc.option(fc.string({ unit: 'grapheme', maxLength: 40 })), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
      async (rows, lengths) => {
        const stream = Buffer.concat([...rows.flatMap((each) => [rowBytes(each), complete])])
        const pieces: Buffer[] = []
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const length = lengths[turn % lengths.length] as number
          pieces.push(stream.subarray(at, at + length))
          at += length
        }
        expect(await readIn(pieces)).toEqual({ rows, bytes: rows, tags: rows.map(() => 'SELECT 1') })
      },
    ),
    { numRuns: 300 },
  )
})

test('a row larger than what is kept between rows is read, and so is the next', async () => {
  const rows = [['x'.repeat(3_000_000)], ['small']]
  const stream = Buffer.concat(rows.map(rowBytes))
  const pieces = Array.from({ length: Math.ceil(stream.length / 65_536) }, (_, n) =>
    stream.subarray(n * 65_536, (n + 1) * 65_536),
  )
  expect((await readIn(pieces)).rows).toEqual(rows)
})

test('a long result lets other requests have their turn while it is read', async () => {
  const { connection, stream } = attached()
  let turn = 0
  const pieces = 20
  const turns = new Set<number>()
  const allRead = new Promise<void>((resolve) => {
    let rows = 0
    connection.on('dataRow', () => {
      turns.add(turn)
      if (++rows === pieces) resolve()
    })
  })
  const count = () => {
    turn++
    counting = setImmediate(count)
  }
  let counting = setImmediate(count)
  for (let piece = 0; piece < pieces; piece++) stream.write(rowBytes(['x'.repeat(60_000)]))
  await allRead
  clearImmediate(counting)
  expect(turns.size).toBeGreaterThanOrEqual(pieces / 2)
})

test('rows that take their time are read one by one, with a turn for others between them', async () => {
  const { connection, stream } = attached()
  const rows = 30
  let [read, turns] = [0, 0]
  connection.on('dataRow', () => {
    read += 1
    for (const from = performance.now(); performance.now() - from < 1; );
  })
  // One piece of the network holds them all.
  stream.write(Buffer.concat(Array.from({ length: rows }, () => rowBytes(['x'.repeat(4_000)]))))
  for (; read < rows; turns++) await new Promise(setImmediate)
  expect(turns).toBeGreaterThanOrEqual(rows / 2)
})
