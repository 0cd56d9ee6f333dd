import { expect, test } from 'vitest'
import { carpetOf } from './carpet.ts'
import { csvOf } from './csv.ts'
import { continued, type LivePoints, lastOf, withTold } from './live-points.ts'
import { figuresOf } from './load-figures.ts'

const at = (text: string) => Date.parse(text) / 1_000

test('[BMS-12] base load is what 95 of 100 hours exceed, the peak is the highest value that was measured, and when', () => {
  const windows = Array.from({ length: 100 }, (_, hour) => ({
    time: `hour ${hour}`,
    mean: hour < 5 ? 0 : 10 + hour,
    min: 0,
    max: hour === 42 ? 900 : 100,
    count: hour === 0 ? 4 : 1,
  }))
  const sum = windows.reduce((total, { mean }) => total + mean, 0)
  expect(figuresOf(windows)).toEqual({ mean: sum / 103, base: 15, peak: 900, peakAt: 'hour 42' })
  expect(figuresOf([])).toBeUndefined()
})

test('[BMS-12] a carpet has a column for each day between the first and the last, on the clocks of the building', () => {
  const { days, cells } = carpetOf(
    ['2026-03-27T23:00:00Z', '2026-03-30T22:00:00Z', '2026-03-30T23:00:00Z'].map(at),
    [1, 2, 3],
    'Europe/London',
  )
  expect(days).toEqual(['2026-03-27', '2026-03-28', '2026-03-29', '2026-03-30', '2026-03-31'])
  expect(cells).toEqual([
    [0, 23, 1],
    [3, 23, 2],
    [4, 0, 3],
  ])
})

test('an hour that came twice is the mean of both', () => {
  const { cells } = carpetOf(['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z'].map(at), [2, 4], 'Europe/London')
  expect(cells).toEqual([[0, 1, 3]])
})

test('live points go on where the answer ended, each once, and late ones wait for the next answer', () => {
  const told = (...seconds: number[]) => [
    { sensorId: 'a', points: seconds.map((second) => ({ time: new Date(second * 1_000).toISOString(), value: second })) },
  ]
  let live: LivePoints = withTold(new Map(), told(20, 10))
  live = withTold(live, told(20, 30, 5))
  expect(live.get('a')).toEqual({ times: [10, 20, 30], values: [10, 20, 30] })
  expect(continued({ id: 'a', times: [0, 10], values: [1, 2] }, live)).toEqual({
    id: 'a',
    times: [0, 10, 20, 30],
    values: [1, 2, 20, 30],
  })
  const other = { id: 'b', times: [0], values: [0] }
  expect(continued(other, live)).toBe(other)
  expect(lastOf(live)).toBe(30_000)
  expect(lastOf(new Map())).toBeUndefined()
})

test('a file has no row for a gap, and nothing in it that a spreadsheet would run', () => {
  const series = [{ id: 'a', label: '=1+1', unit: 'kW', times: [], values: [] }]
  expect(
    csvOf(series, [
      [0, 60, 120],
      [1, null, 2],
    ]),
  ).toBe("time,'=1+1 (kW)\r\n1970-01-01T00:00:00.000Z,1\r\n1970-01-01T00:02:00.000Z,2\r\n")
})
