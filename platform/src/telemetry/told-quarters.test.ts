import { expect, test } from 'vitest'
import { noFigures } from './day-figures.ts'
import { setSum } from './quarter-sums.ts'
import { quarter } from './quarters.ts'
import { type NearRow, type ToldRow, toldQuarters } from './told-quarters.ts'

const at = 1_767_225_600_000_000
const row = (id: string, from: number, to: number): NearRow => ({ id, firstAt: at + from, lastAt: at + to, series: ['a'] })
const sum = (value: number) => ({ count: 1, sum: value, min: value, max: value, last: value })

/** A mark of a row of one series, with a point of `value` in each of its quarters. */
function mark(rowId: string, value: number, ...buckets: number[]): ToldRow {
  const parts = noFigures(buckets.length)
  for (const place of buckets.keys()) setSum(parts, place, sum(value))
  return { rowId, series: ['a'], slots: buckets.map(() => 1), buckets: buckets.map((bucket) => at + bucket), parts }
}

function judged(marks: readonly ToldRow[], rows: readonly NearRow[]) {
  const told = toldQuarters(marks, rows, (id) => id === 'a').get('a')
  return told && Object.fromEntries([...told].map(([bucket, each]) => [(bucket - at) / quarter, each]))
}

test('a quarter is what the marks of its rows add up to, the later row behind', () => {
  const rows = [row('late', 100, 200), row('early', 0, 50)]
  expect(judged([mark('late', 7, 0), mark('early', 2, 0)], rows)).toEqual({ 0: { count: 2, sum: 9, min: 2, max: 7, last: 7 } })
})

test('where two rows reach into each other, one time may be there twice: points are read', () => {
  const rows = [row('one', 0, 100), row('two', 100, 200)]
  expect(judged([mark('one', 1, 0), mark('two', 2, 0)], rows)).toEqual({ 0: undefined })
})

test('a row that left its mark earlier, or one that tells nothing, has its quarters read', () => {
  const rows = [row('told', 0, 10), row('foreign', quarter, quarter + 10)]
  expect(judged([mark('told', 1, 0, quarter)], rows)).toEqual({ 0: sum(1), 1: undefined })
  expect(judged([{ ...mark('told', 1, 0), parts: undefined }], rows)).toEqual({ 0: undefined })
})

test('a row that is gone, or was cut, tells nothing of what it lost', () => {
  expect(judged([mark('gone', 1, 0)], [])).toEqual({ 0: 'empty' })
  expect(judged([mark('cut', 1, 0, quarter)], [row('cut', quarter, quarter + 1)])).toEqual({ 0: 'empty', 1: sum(1) })
})

test('series that are gone are left out', () => {
  expect(toldQuarters([mark('row', 1, 0)], [row('row', 0, 1)], () => false).size).toBe(0)
})
