import { expect, test } from 'vitest'
import type { PointRun } from './point-runs.ts'
import { quartersOf, readQuarters, writeQuarters } from './quarter-marks.ts'
import { quarter } from './quarters.ts'

const start = 1_767_225_600_000_000
const run = (...points: readonly (readonly [time: number, value: number])[]): PointRun => ({
  times: Float64Array.from(points, ([time]) => start + time),
  values: Float64Array.from(points, ([, value]) => value),
})

test('a row whose series run forward in time says what each of its quarters adds up to', () => {
  const quarters = quartersOf([run([0, 1], [5, 3], [quarter, 7]), run(), run([quarter - 1, -2])])
  expect(quarters.slots).toEqual([1, 1, 3])
  expect(quarters.buckets).toEqual([start, start + quarter, start])
  expect(quarters.parts).toEqual({
    counts: Int32Array.of(2, 1, 1),
    sums: Float64Array.of(4, 7, -2),
    mins: Float64Array.of(1, 7, -2),
    maxs: Float64Array.of(3, 7, -2),
    lasts: Float64Array.of(3, 7, -2),
  })
})

test.each([
  ['a time twice', [run([0, 1], [0, 2])]],
  ['a step back', [run([5, 1]), run([quarter, 1], [0, 2])]],
  ['a step back into an earlier quarter and forward again', [run([quarter, 1], [0, 2], [quarter + 1, 3])]],
])('a row with %s names its quarters, each once, and no more', (_, runs) => {
  const { slots, buckets, parts } = quartersOf(runs)
  expect(parts).toBeUndefined()
  expect(new Set(slots.map((slot, pair) => `${slot} ${buckets[pair]}`)).size).toBe(slots.length)
})

test('a value that is too large to be summed makes the sum no number', () => {
  expect(quartersOf([run([0, 1e300])]).parts?.sums).toEqual(Float64Array.of(Number.NaN))
})

test.each([
  ['told', quartersOf([run([0, 1], [quarter * 7, 2.25]), run([-quarter, 1 / 3])])],
  ['not told', quartersOf([run([0, 1], [0, 2])])],
])('what is %s is read as it was written', (_, quarters) => {
  expect(readQuarters(writeQuarters(quarters))).toEqual(quarters)
})
