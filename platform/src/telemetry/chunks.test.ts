import { expect, test } from 'vitest'
import { chunksOf } from './chunks.ts'
import { partOfRow } from './part-of-row.ts'
import type { PointRun } from './point-runs.ts'

const run = (from: number, to: number): PointRun => {
  const times = Float64Array.from({ length: to - from }, (_, place) => from + place)
  return { times, values: times.map((time) => -time) }
}

test('chunks are full but for the last, by series and time, and a series goes on in the next one', () => {
  const kept = new Map([
    ['c', [run(0, 10)]],
    ['a', [run(0, 3_000), run(3_500, 4_000)]],
    ['nothing', []],
    ['b', [run(100, 7_000)]],
  ])
  const chunks = [...chunksOf(kept)]
  expect(chunks.map(({ series, count, firstAt, lastAt }) => [series, count, firstAt, lastAt])).toEqual([
    [['a', 'b'], 5_000, 0, 3_999],
    [['b'], 5_000, 1_600, 6_599],
    [['b', 'c'], 410, 0, 6_999],
  ])
  const points = chunks.flatMap(({ series, runs }) =>
    runs.flatMap(({ times }, place) => Array.from(times, (at) => `${series[place]} ${at}`)),
  )
  expect(points).toEqual(
    ['a', 'b', 'c'].flatMap((id) => (kept.get(id) ?? []).flatMap(({ times }) => Array.from(times, (at) => `${id} ${at}`))),
  )
})

test('a part of a row keeps the order in which its points came, and only series that have any', () => {
  const row = {
    id: '',
    receivedAt: 0,
    firstAt: 1,
    lastAt: 9,
    series: ['a', 'b'],
    runs: [
      { times: Float64Array.of(7, 3, 7, 1, 9), values: Float64Array.of(1, 2, 3, 4, 5) },
      { times: Float64Array.of(2), values: Float64Array.of(6) },
    ],
  }
  expect(partOfRow(row, (time) => time >= 3)).toEqual({
    series: ['a'],
    runs: [{ times: Float64Array.of(7, 3, 7, 9), values: Float64Array.of(1, 2, 3, 5) }],
    firstAt: 3,
    lastAt: 9,
    count: 4,
  })
  expect(partOfRow(row, () => false).count).toBe(0)
})
