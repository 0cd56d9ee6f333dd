import { expect, test } from 'vitest'
import { quarter, wholeHour } from './quarters.ts'
import { StaleStretches, spansOf } from './stale-stretches.ts'

const noon = Date.UTC(2026, 0, 1, 12) * 1_000

test('what marks name is stale for their series, what a window cuts apart for all: whichever part of a stretch it is', () => {
  const stale = new StaleStretches(wholeHour, [noon, noon + 2 * wholeHour + quarter])
  stale.mark('a', { start: noon + quarter, end: noon + 2 * quarter })
  stale.mark('a', { start: noon + 3 * wholeHour, end: noon + 3 * wholeHour + 1 })
  const hours = [0, 1, 2, 3, 4]
  const staleOf = (id: string) => hours.filter((hour) => stale.of(id)(noon / wholeHour + hour))
  expect(staleOf('a')).toEqual([0, 2, 3])
  expect(staleOf('b')).toEqual([2])
  expect(stale.cut).toEqual([noon + 2 * wholeHour])
  expect([...stale.marked()]).toEqual([['a', [noon, noon + 3 * wholeHour]]])
  expect(stale.all).toEqual([noon, noon + 2 * wholeHour, noon + 3 * wholeHour])
  expect(stale.isTooMany).toBe(false)
})

test('a mark of more than is worth the trouble is noticed, and not written down', () => {
  const stale = new StaleStretches(quarter)
  stale.mark('a', { start: 0, end: noon })
  expect(stale.isTooMany).toBe(true)
  expect(stale.all).toEqual([])
})

test('stretches at most a gap apart are one span', () => {
  expect(spansOf([0, 10, 25], 10)).toEqual([
    { start: 0, end: 20 },
    { start: 25, end: 35 },
  ])
  expect(spansOf([0, 10, 25], 10, 5)).toEqual([{ start: 0, end: 35 }])
})
