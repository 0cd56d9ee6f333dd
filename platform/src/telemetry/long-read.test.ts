import { expect, test } from 'vitest'
import { isLongRead } from './long-read.ts'
import type { OpenPointStore } from './point-store.ts'
import { parseWindow, type Window } from './window.ts'

const day = 86_400_000_000
const store = { influx: undefined } as OpenPointStore
const elsewhere = { influx: {} } as OpenPointStore
const [hour, minute] = [parseWindow('1h') as Window, parseWindow('1m') as Window]

test.each([
  ['a day of points', store, { start: 0, end: day }, false],
  ['more than a day of points', store, { start: 0, end: day + 1 }, true],
  ['windows that rollups answer', store, { start: 0, end: 366 * day, window: hour, aggregates: ['mean'] as const }, false],
  [
    'windows whose points are needed, for a percentile',
    store,
    { start: 0, end: 366 * day, window: hour, aggregates: ['p95'] as const },
    true,
  ],
  ['windows whose points are needed, for they are short', store, { start: 0, end: 2 * day, window: minute }, true],
  ['what another server reckons', elsewhere, { start: 0, end: 366 * day }, false],
])('%s', (_what, of, query, long) => {
  expect(isLongRead(of, query)).toBe(long)
})
