import { expect, test } from 'vitest'
import { formatInstant, parseInstant } from './instant.ts'

test.each([
  ['1970-01-01T00:00:00Z', 0],
  ['2026-03-29T01:00:00.000125Z', 1_774_746_000_000_125],
  ['2026-03-29T01:00:00.123456789Z', 1_774_746_000_123_456],
  ['2026-03-29T06:45:00+05:45', 1_774_746_000_000_000],
  ['2026-03-28T20:00:00-05:00', 1_774_746_000_000_000],
  ['2024-02-29t12:00:00z', 1_709_208_000_000_000],
])('%s is an instant', (text, instant) => {
  expect(parseInstant(text)).toBe(instant)
})

test.each([
  '2026-03-29T01:00:00',
  '2026-03-29',
  '2026-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T23:59:60Z',
  '2026-01-01T00:00:00+24:00',
  '1969-12-31T23:59:59Z',
  '1970-01-01T00:00:00+01:00',
  '2300-01-01T00:00:00Z',
  '1774746000',
  '',
])('%j is none', (text) => {
  expect(parseInstant(text)).toBeUndefined()
})

test('what is read is written the same', () => {
  for (const text of ['2026-03-29T01:00:00Z', '2026-03-29T01:00:00.500Z', '2026-03-29T01:00:00.000001Z']) {
    expect(formatInstant(parseInstant(text) ?? 0)).toBe(text)
  }
})
