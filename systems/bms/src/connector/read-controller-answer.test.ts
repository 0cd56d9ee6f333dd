import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConnectorFields } from './fields.ts'
import { mostPoints, readControllerAnswer } from './read-controller-answer.ts'

const now = Date.parse('2026-01-02T00:00:00Z') * 1_000
const usual = ConnectorFields.parse({})
const read = (answer: unknown, fields = usual) =>
  readControllerAnswer(Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)), fields, now)

const good = { point_type: 'temperature', unit: 'degC', time: '2026-01-01T00:00:00Z', value: 21.5, sensor: 'lobby' }
const point = { pointType: 'temperature', unit: 'degC', name: 'lobby', time: Date.parse(good.time) * 1_000, value: 21.5 }

test('[BMS-11] reads what the guide shows', () => {
  const guide = readFileSync(new URL('../../../../docs/guides/bms-connector.md', import.meta.url), 'utf8')
  const [, example = ''] = /```json\n(\{\s*"points"[\s\S]*?)```/.exec(guide) ?? []
  expect(read(example)).toMatchObject({ refused: 0, points: [{ pointType: 'temperature', name: 'lobby' }, { name: '' }] })
})

test('[BMS-11] reads other names, and a list alone', () => {
  const fields = ConnectorFields.parse({ points: 'data', pointType: 'kind', unit: 'u', time: 'at', value: 'v', sensor: 'name' })
  const own = { kind: 'temperature', u: 'degC', at: good.time, v: 21.5, name: 'lobby' }
  expect(read({ data: [own] }, fields)).toEqual({ points: [point], refused: 0 })
  expect(read([good])).toEqual({ points: [point], refused: 0 })
})

test('an answer without points is one', () => {
  expect(read({ points: [] })).toEqual({ points: [], refused: 0 })
})

test('yes and no are 1 and 0, capitals of a type become small letters, unit and sensor may be missing', () => {
  const { unit: _, sensor: __, ...bare } = good
  expect(read([{ ...bare, point_type: 'Occupied', value: true }])?.points).toEqual([
    { ...point, pointType: 'occupied', unit: '', name: '', value: 1 },
  ])
})

test.each([
  ['no number', { value: '21.5' }],
  ['nothing measured', { value: null }],
  ['no time', { time: undefined }],
  ['a time without an offset', { time: '2026-01-01T00:00:00' }],
  ['a time two days ahead', { time: '2026-01-04T00:00:01Z' }],
  ['a time before 1970', { time: '1960-01-01T00:00:00Z' }],
  ['no type', { point_type: '' }],
  ['a type with blanks', { point_type: 'room temperature' }],
  ['control characters', { sensor: 'lobby\u0000' }],
  ['a name without end', { sensor: 'x'.repeat(101) }],
])('%s is left out and counted, and the others stay', (_, bad) => {
  expect(read({ points: [{ ...good, ...bad }, good, null, 7] })).toEqual({ points: [point], refused: 3 })
})

test.each([
  ['no JSON', '<html>'],
  ['JSON cut short', '{"points":['],
  ['no text', '\uFFFE'],
  ['no list', { points: 'none' }],
  ['another thing', { error: 'busy' }],
  ['nothing', ''],
  ['nothing of which can be kept', { points: [{ ...good, value: 'warm' }] }],
  ['too many points', { points: Array.from({ length: mostPoints + 1 }, () => 0) }],
  ['nests without end', '['.repeat(100_000)],
])('an answer that is %s is unreadable', (_, answer) => {
  expect(read(answer)).toBeUndefined()
})

test('bytes that are no text are unreadable', () => {
  expect(readControllerAnswer(Buffer.from([0x5b, 0xff, 0x5d]), usual, now)).toBeUndefined()
})

test('what every object has by itself is no field, whatever the names are set to', () => {
  const fields = ConnectorFields.parse({ points: '__proto__', value: 'constructor' })
  expect(read({ points: [good] }, fields)).toBeUndefined()
  expect(read([good], ConnectorFields.parse({ sensor: 'constructor' }))?.points).toEqual([{ ...point, name: '' }])
  expect(read('{"__proto__": [{"value": 1}]}')).toBeUndefined()
  expect(({} as { value?: unknown }).value).toBeUndefined()
})
