import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Course, forecast } from './forecast.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const day = 86_400_000
const days = (moment: number | null) => (moment === null ? null : (moment - now) / day)

test('days that are all alike leave no doubt', () => {
  const { at, earliest, latest, because } = forecast({ max: 1_000, used: 400, perDay: [100, 100, 100], now })
  expect([at, earliest, latest].map(days)).toEqual([6, 6, 6])
  expect(because).toBeNull()
})

test.each<[string, Partial<Course>, string]>([
  ['an unlimited one', { max: null }, 'unlimited'],
  ['one with two days behind it', { perDay: [5, 5] }, 'too_few_days'],
  ['one that is not used', { perDay: [0, 0, 0] }, 'not_growing'],
  ['one that shrinks', { perDay: [-5, 2, -1] }, 'not_growing'],
  ['one that begins anew before', { resetsAt: now + 2 * day }, 'resets_before'],
])('%s is not reached, and it says why', (_which, changes, because) => {
  const told = forecast({ max: 100, used: 0, perDay: [10, 10, 10], now, ...changes })
  expect(told).toEqual({ at: null, earliest: null, latest: null, because })
})

test('one that is used up is reached now', () => {
  expect(forecast({ max: 10, used: 12, perDay: [], now })).toEqual({ at: now, earliest: now, latest: now, because: null })
})

test('one that may or may not be reached before it begins anew tells the earlier end only', () => {
  const told = forecast({ max: 100, used: 0, perDay: [0, 20, 0, 20, 0, 20], now, resetsAt: now + 9 * day })
  expect(told).toMatchObject({ at: null, latest: null, because: 'resets_before' })
  expect(days(told.earliest)).toBeLessThan(9)
})

test('the moment lies within its range, and the range is wider where days differ more', () => {
  const perDay = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 3, maxLength: 28 })
  fc.assert(
    fc.property(perDay, fc.integer({ min: 1, max: 1_000_000 }), (each, max) => {
      const { at, earliest, latest } = forecast({ max, used: 0, perDay: each, now })
      if (at === null || earliest === null) return
      expect(earliest).toBeLessThanOrEqual(at + 1)
      if (latest !== null) expect(latest).toBeGreaterThanOrEqual(at - 1)
    }),
  )
})

test('[SEC-7] four times in five a limit is reached within the range that was told', () => {
  const random = generator(20_261_121)
  const busyDay = () => 60 + 40 * (random() + random() + random() - 1.5)
  const rounds = 2_000
  let within = 0
  for (let round = 0; round < rounds; round += 1) {
    const { earliest, latest } = forecast({ max: 3_000, used: 0, perDay: Array.from({ length: 21 }, busyDay), now })
    let [reached, used] = [0, 0]
    while (used < 3_000) {
      const more = busyDay()
      reached += Math.min(1, (3_000 - used) / more)
      used += more
    }
    if (reached >= (days(earliest) ?? Infinity) && reached <= (days(latest) ?? Infinity)) within += 1
  }
  expect(within / rounds).toBeGreaterThan(0.75)
  expect(within / rounds).toBeLessThan(0.85)
})

/** Numbers in [0, 1), the same in every run. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}
