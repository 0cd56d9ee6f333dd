import { describe, expect, test } from 'vitest'
import { formatInstant } from './instant.ts'
import { isTimeZone, LocalClock, type LocalInstant } from './local-time.ts'

const shown = (read: LocalInstant) =>
  typeof read === 'number'
    ? formatInstant(read)
    : typeof read === 'string'
      ? read
      : [formatInstant(read.earlier), formatInstant(read.later)]

describe('a local time', () => {
  test.each([
    ['Europe/London', '2026-03-29 00:59:59', '2026-03-29T00:59:59Z'],
    ['Europe/London', '2026-03-29 01:30:00', 'skipped'],
    ['Europe/London', '2026-03-29T02:00', '2026-03-29T01:00:00Z'],
    ['Europe/London', '2026-10-25 01:30:00', ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z']],
    ['Asia/Kathmandu', '2026-01-01 00:00:00.25', '2025-12-31T18:15:00.250Z'],
    ['Australia/Lord_Howe', '2026-10-04 02:15:00', 'skipped'],
    ['Australia/Lord_Howe', '2026-10-04 02:45:00', '2026-10-03T15:45:00Z'],
    ['-05:00', '2014-03-09 02:00:00', '2014-03-09T07:00:00Z'],
    ['UTC', '2026-02-30 00:00:00', 'unreadable'],
    ['UTC', 'yesterday', 'unreadable'],
  ])('in %s: %s', (zone, text, expected) => {
    const clock = new LocalClock(zone)
    expect([shown(clock.read(text)), shown(clock.read(text))]).toEqual([expected, expected])
  })
})

test.each(['UTC', 'Europe/London', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])('%s is a zone', (zone) => {
  expect(isTimeZone(zone)).toBe(true)
})

test.each(['+05:30', 'Mars/Olympus', '', 'Europe/London; drop', '../etc'])('%j is none', (zone) => {
  expect(isTimeZone(zone)).toBe(false)
})
