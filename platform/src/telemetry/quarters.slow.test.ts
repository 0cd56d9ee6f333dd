import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { firstQuarter, quarter, quartersWithin, unevenQuarters } from './quarters.ts'

const minute = 60_000_000

test('no zone changes its clock within a quarter of an hour, but for the quarters that are named', () => {
  const uneven = new Set<number>()
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    let at = Temporal.Instant.fromEpochMilliseconds(firstQuarter / 1_000).toZonedDateTimeISO(zone)
    if (at.offsetNanoseconds % (quarter * 1_000) !== 0) uneven.add(firstQuarter)
    for (;;) {
      const next = at.getTimeZoneTransition('next')
      if (next === null || next.year > 2040) break
      const instant = next.epochMilliseconds * 1_000
      if (instant % quarter !== 0 || next.offsetNanoseconds % (quarter * 1_000) !== 0) {
        uneven.add(Math.floor(instant / quarter) * quarter)
      }
      at = next
    }
  }
  expect([...uneven]).toEqual(unevenQuarters)
})

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
