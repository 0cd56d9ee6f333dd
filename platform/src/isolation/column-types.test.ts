import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Notes, notesDatabase, refusalOf } from './notes.test-support.ts'
import { camelCase } from './row-reader.ts'
import { sql } from './statement.ts'
import type { TenantScope } from './tenant-scope.ts'
import { readInstant } from './times.ts'

let notes: Notes
let scope: TenantScope

beforeAll(async () => {
  notes = await notesDatabase()
  scope = await notes.tenant(notes.isolation())
})
afterAll(() => notes.close())

test.each([
  ["timestamptz '2026-03-01 12:00:00+00'", '2026-03-01T12:00:00.000Z'],
  ["timestamptz '2026-03-01 12:00:00.5+02'", '2026-03-01T10:00:00.500Z'],
  ["timestamptz '2026-03-01 12:00:00.123456+00'", '2026-03-01T12:00:00.123456Z'],
  ["timestamptz '2026-03-01 12:00:00.1234+00'", '2026-03-01T12:00:00.123400Z'],
  ["timestamptz '12026-03-01 12:00:00+00'", '+012026-03-01T12:00:00.000Z'],
  ["timestamptz '0044-03-15 12:00:00+00 BC'", '-000043-03-15T12:00:00.000Z'],
  ["timestamptz 'infinity'", 'infinity'],
  ["timestamptz '-infinity'", '-infinity'],
  ["timestamp '2026-03-29 02:30:00'", '2026-03-29T02:30:00.000'],
  ["timestamp 'infinity'", 'infinity'],
  ["date '2026-03-29'", '2026-03-29'],
  ["date '-infinity'", '-infinity'],
  ["time '02:30:00'", '02:30:00'],
  ["interval '1 day 02:00'", '1 day 02:00:00'],
  ['9007199254740991::int8', 9007199254740991],
  ['-5::int8', -5],
  ['count(*)', 1],
  ['7::int2', 7],
  ['1.5::float8', 1.5],
  ["'NaN'::float8", Number.NaN],
  ["'-Infinity'::float4", Number.NEGATIVE_INFINITY],
  ['12.340::numeric(10,3)', '12.340'],
  ["'018f0000-0000-7000-8000-0000000000aa'::uuid", '018f0000-0000-7000-8000-0000000000aa'],
  ['true', true],
  ['null::int', null],
  ['\'{"aB_c": [1, null]}\'::jsonb', { aB_c: [1, null] }],
  ["'\\x00ff'::bytea", Buffer.from([0, 255])],
  ['array[1, null, 3]::int8[]', [1, null, 3]],
  ["array['a,b', 'c\"d', null, 'NULL']", ['a,b', 'c"d', null, 'NULL']],
  ["array[timestamptz '2026-03-01 12:00:00+00']", ['2026-03-01T12:00:00.000Z']],
  ["array['018f0000-0000-7000-8000-0000000000aa']::uuid[]", ['018f0000-0000-7000-8000-0000000000aa']],
  ['array[1.50]::numeric[]', ['1.50']],
  ['array[\'{"a": 1}\']::jsonb[]', [{ a: 1 }]],
  [
    'array[array[1, 2], array[3, 4]]',
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ["'{}'::text[]", []],
])('%s is read as %j', async (expression, value) => {
  expect(await scope.run({ text: `select ${expression} as value`, values: [] })).toEqual([{ value }])
})

test('a bigint that a number cannot hold is an error, not another number', async () => {
  await expect(scope.run(sql`select 9007199254740993::int8 as n`)).rejects.toThrow(RangeError)
  await expect(scope.run(sql`select array[9007199254740993]::int8[] as n`)).rejects.toThrow(RangeError)
})

test('instants are read right in whatever zone a session prints them', () => {
  expect(readInstant('2026-03-01 12:00:00+05:30')).toBe('2026-03-01T06:30:00.000Z')
  expect(readInstant('2026-03-01 00:00:00.000001-08')).toBe('2026-03-01T08:00:00.000001Z')
  expect(readInstant('1883-01-01 12:00:00-00:01:15')).toBe('1883-01-01T12:01:15.000Z')
})

test.each(['text with \u{1F600} and "quotes"', '', 'x'.repeat(300_000)])('text goes there and back unchanged', async (text) => {
  expect(await scope.run(sql`select ${text}::text as text`)).toEqual([{ text }])
})

test('values of other kinds go there and back', async () => {
  const at = new Date('2026-03-29T01:30:00.123Z')
  const [row] = await scope.run(
    sql`select ${at}::timestamptz as at, ${Buffer.from([0, 1, 255])}::bytea as bytes, ${new Uint8Array([7])}::bytea as octets,
      ${[1, 2]}::int[] as list, ${{ a: [1] }}::jsonb as object, ${null}::text as nothing, ${12n}::int8 as big, ${false}::bool as flag`,
  )
  expect(row).toEqual({
    at: at.toISOString(),
    bytes: Buffer.from([0, 1, 255]),
    octets: Buffer.from([7]),
    list: [1, 2],
    object: { a: [1] },
    nothing: null,
    big: 12,
    flag: false,
  })
})

test('more values than PostgreSQL counts are refused before anything is sent', async () => {
  expect(await refusalOf(scope.run({ text: 'select 1', values: new Array(65_536).fill(1) }))).toMatchObject({
    name: 'RangeError',
  })
})

test('column names are camelCase by the rule that Kysely has', () => {
  expect(['created_at', 'a__b', '_a', 'a_', 'line_2', 'id', '?column?', ''].map(camelCase)).toEqual([
    'createdAt',
    'aB',
    '_A',
    'a',
    'line2',
    'id',
    '?column?',
    '',
  ])
})
