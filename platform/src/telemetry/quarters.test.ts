import { expect, test } from 'vitest'
import { firstQuarter, quartersWithin } from './quarters.ts'

const minute = 60_000_000

test('a span is its whole quarters and what lies outside of them', () => {
  const start = Date.UTC(2026, 0, 1) * 1_000
  expect(quartersWithin({ start: start + minute, end: start + 50 * minute })).toEqual({
    start: start + 15 * minute,
    end: start + 45 * minute,
    outside: [
      { start: start + minute, end: start + 15 * minute },
      { start: start + 45 * minute, end: start + 50 * minute },
    ],
  })
  expect(quartersWithin({ start, end: start + 15 * minute })?.outside).toEqual([])
  expect(quartersWithin({ start: start + minute, end: start + 16 * minute })).toBeUndefined()
  expect(quartersWithin({ start: 0, end: firstQuarter })).toBeUndefined()
})
