import { expect, test } from 'vitest'
import { columnsOf } from './columns.ts'
import { gapsIn } from './gaps.ts'
import { strokeOf } from './palette.ts'
import { rangeOf, searchOf } from './range.ts'
import type { ChartSeries } from './series.ts'
import { fromLocalText, toLocalText } from './zoned-time.ts'

const line = (times: number[], values = times.map((_, index) => index)): ChartSeries => ({
  id: String(times[0]),
  label: '',
  unit: '',
  times,
  values,
})

test('what was not measured breaks the line, and what is merely sparse does not', () => {
  expect(gapsIn([0, 60, 120, 600, 660])).toEqual([3])
  expect(gapsIn([0, 3_600, 7_200, 10_800], 60)).toEqual([])
})

test('two values per pixel lie unevenly without a gap between them, and an empty pixel is one', () => {
  // Pixels of 100 s, each with its lowest and its highest, almost two pixels apart at most.
  expect(gapsIn([0, 5, 198, 199, 201, 220, 390], 100)).toEqual([])
  expect(gapsIn([0, 5, 198, 199, 401, 420], 100)).toEqual([4])
})

test('series with times of their own stand side by side, each time once', () => {
  expect(columnsOf([line([0, 60, 120]), line([0, 30, 60, 90], [5, 6, 7, 8])])).toEqual([
    [0, 30, 60, 90, 120],
    [0, undefined, 1, undefined, 2],
    [5, 6, 7, 8, undefined],
  ])
})

test('a gap of one series is none of the other', () => {
  const [times, broken, whole] = columnsOf([line([0, 60, 120, 600]), line([0, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600])])
  expect(broken?.[times.indexOf(360)]).toBeNull()
  expect(whole).not.toContain(null)
})

test('no two of eight lines look alike', () => {
  for (const isDark of [false, true]) {
    const looks = Array.from({ length: 8 }, (_, place) => JSON.stringify(strokeOf(place, isDark)))
    expect(new Set(looks).size).toBe(8)
  }
})

test('a range stands in the address, and nonsense in an address is the usual one', () => {
  const usual = { start: 0, end: 1 }
  const now = Date.parse('2026-03-29T12:00:00Z')
  expect(rangeOf({ last: '24h' }, now, usual)).toEqual({ start: now - 86_400_000, end: now })
  const range = { start: now - 5_000, end: now }
  expect(rangeOf(searchOf(range), 0, usual)).toEqual(range)
  for (const search of [{ last: 'toString' }, { from: 'x', to: 'y' }, { from: '2026-01-02', to: '2026-01-01' }, {}]) {
    expect(rangeOf(search, now, usual)).toEqual(usual)
  }
})

test.each([
  ['2026-07-01T12:00', 'Europe/London', '2026-07-01T11:00:00Z'],
  ['2026-12-01T12:00', 'Asia/Kolkata', '2026-12-01T06:30:00Z'],
  ['2026-10-25T01:30', 'Europe/London', '2026-10-25T00:30:00Z'],
  ['2026-03-29T01:30', 'Europe/London', '2026-03-29T01:30:00Z'],
  ['2026-03-29T04:00', 'Europe/London', '2026-03-29T03:00:00Z'],
])("%s on the clocks of %s is %s, and back, the clocks' changes included", (text, zone, moment) => {
  expect(fromLocalText(text, zone)).toBe(Date.parse(moment))
  const isSkipped = text === '2026-03-29T01:30'
  expect(toLocalText(Date.parse(moment), zone)).toBe(isSkipped ? '2026-03-29T02:30' : text)
})

test('what is no time has no moment', () => {
  expect(fromLocalText('', 'UTC')).toBeUndefined()
})
