import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dunningOf } from './dunning.ts'
import { formatMoney, shareOf } from './money.ts'
import { remainderOf } from './proration.ts'

const june = { start: '2026-06-01T00:00:00Z', end: '2026-07-01T00:00:00Z' }

test('the rest of a period is its share of the price, to the second, and never more or less than all and nothing', () => {
  expect(remainderOf(3_000, june, '2026-06-16T00:00:00Z')).toBe(1_500)
  expect(remainderOf(2_592_000, june, '2026-06-30T23:59:59Z')).toBe(1)
  expect(remainderOf(3_000, june, '2026-05-01T00:00:00Z')).toBe(3_000)
  expect(remainderOf(3_000, june, '2026-08-01T00:00:00Z')).toBe(0)
})

test('a credit and a charge of the same share cancel each other, for every amount there is', () => {
  const amount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(amount, fc.nat(2_592_000), (price, part) => {
      expect(shareOf(price, part, 2_592_000) + shareOf(-price, part, 2_592_000)).toBe(0)
    }),
  )
})

test('half a minor unit goes away from zero', () => {
  expect([shareOf(1, 1, 2), shareOf(-1, 1, 2), shareOf(5, 1, 4), shareOf(7, 1, 4)]).toEqual([1, -1, 1, 2])
})

test('an amount is written with the digits of its currency', () => {
  expect(formatMoney(123_456, 'GBP')).toBe('GBP 1,234.56')
  expect(formatMoney(-123_456, 'JPY')).toBe('-JPY 123,456')
})

test('what is paid lasts to its end before a debt pauses anything', () => {
  const debts = { overdueSince: '2026-06-01T00:00:00Z', nextDueAt: null, paidThrough: '2026-07-01T00:00:00Z' }
  expect(dunningOf(debts, '2026-06-30T00:00:00Z').state).toBe('past_due')
  expect(dunningOf(debts, '2026-07-01T00:00:00Z').state).toBe('paused')
  expect(dunningOf(debts, '2026-07-31T00:00:00Z').state).toBe('canceled')
  expect(dunningOf({ ...debts, paidThrough: null }, '2026-06-15T00:00:00Z').state).toBe('paused')
  expect(dunningOf({ ...debts, overdueSince: null }, '2026-09-01T00:00:00Z')).toEqual({ state: 'active', nextAt: null })
})
