import { expect, test } from 'vitest'
import { secondsUntilNext } from './back-off.ts'

test('[BMS-11] the pause doubles with each failure, up to an hour, and is the usual one after a success', () => {
  const middle = (failures: number, pollSeconds = 60) => secondsUntilNext(pollSeconds, failures, 0.5)
  expect([0, 1, 2, 3, 6, 20, 100_000].map((failures) => middle(failures))).toEqual([60, 120, 240, 480, 3_600, 3_600, 3_600])
  expect(middle(5, 86_400)).toBe(86_400)
})

test('two controllers that failed together do not come back together', () => {
  expect([0, 1].map((random) => secondsUntilNext(60, 1, random))).toEqual([90, 150])
  expect([0, 1].map((random) => Math.round(secondsUntilNext(60, 0, random)))).toEqual([57, 63])
})
