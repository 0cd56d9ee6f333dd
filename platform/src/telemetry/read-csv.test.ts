import { expect, test } from 'vitest'
import { formatInstant } from './instant.ts'
import { type CsvMapping, readCsvPoints } from './read-csv.ts'

const mapping: CsvMapping = {
  timeColumn: 'time',
  valueColumn: 'value',
  pointType: { constant: 'co2' },
  unit: { constant: '' },
  name: { constant: '' },
}

async function* bytes(text: string, size = text.length): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text)
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size)
}

async function read(text: string, size?: number, more: Partial<CsvMapping> = {}) {
  const { packer, errors, refused } = await readCsvPoints(bytes(text, size), { ...mapping, ...more })
  const rows = packer.finish()
  return {
    times: rows.flatMap((row) => Array.from(row.times, formatInstant)),
    values: rows.flatMap((row) => [...row.values]),
    errors,
    refused,
  }
}

test.each([
  ['\n', 1],
  ['\r\n', 1],
  ['\r\n', 3],
  ['\r', 1],
])('reads the same whatever the line ends are and wherever the bytes are cut (%j, %i at a time)', async (end, size) => {
  const lines = ['time,value', '2026-01-01T00:00:00Z,1', 'bad,2', '', '2026-01-01T00:00:01Z,3', 'bad,4', '']
  expect(await read(lines.join(end), size)).toEqual({
    times: ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'],
    values: [1, 3],
    errors: [3, 6].map((line) => ({ line, message: expect.stringContaining('with its offset') })),
    refused: 2,
  })
})

test('tells the first twenty bad lines and counts all', async () => {
  const { errors, refused } = await read(`time,value\n${'bad,1\n'.repeat(500)}`)
  expect([errors.length, refused, errors[19]?.line]).toEqual([20, 500, 21])
})

test.each(['NaN', 'Infinity', '1,5', '0x10', '1e999', '', '1 000', '--1'])('%j is no value', async (value) => {
  expect(await read(`time,value\n2026-01-01T00:00:00Z,"${value}"\n`)).toMatchObject({ refused: 1, values: [] })
})

test('cuts nanoseconds to microseconds', async () => {
  expect((await read('time,value\n2026-01-01T00:00:00.123456789Z,1\n')).times).toEqual(['2026-01-01T00:00:00.123456Z'])
})

test('a file whose sender breaks off is an error, not a short file', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('time,value\n2026-01-01T00:00:00Z,1\n')
    throw new Error('gone')
  }
  await expect(readCsvPoints(broken(), mapping)).rejects.toThrow('gone')
})

test('a hundred thousand lines are packed by five thousand, whatever their order', async () => {
  const lines = Array.from({ length: 100_000 }, (_, n) => `2026-01-01T00:00:${String(59 - (n % 60)).padStart(2, '0')}Z,${n}`)
  const { packer } = await readCsvPoints(bytes(`time,value\n${lines.join('\n')}\n`, 65_536), mapping)
  const rows = packer.finish()
  expect(rows.map((row) => row.times.length)).toEqual(Array.from({ length: 20 }, () => 5_000))
  expect(rows.every((row) => row.firstAt <= row.lastAt)).toBe(true)
})
