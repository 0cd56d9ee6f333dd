import { expect, test } from 'vitest'
import { changingPeriodOf } from './changing-periods.ts'
import { anchorAt, type PeriodRule, periodOf } from './period.ts'

const hours = ({ start, end }: { start: string; end: string }) => (Date.parse(end) - Date.parse(start)) / 3_600_000
const newYork = { anchor: '2026-01-31T00:00:00', timeZone: 'America/New_York', interval: 'month' } as const

test('[FIN-5] months anchored on the 31st of January in New York are reckoned from the anchor, never from the month before', () => {
  const starts = ['2026-02-01', '2026-03-01', '2026-03-31', '2026-05-15', '2026-06-01', '2028-03-01'].map(
    (day) => periodOf(newYork, `${day}T12:00:00Z`).start,
  )
  expect(starts).toEqual([
    '2026-01-31T05:00:00Z',
    '2026-02-28T05:00:00Z',
    '2026-03-31T04:00:00Z',
    '2026-04-30T04:00:00Z',
    '2026-05-31T04:00:00Z',
    '2028-02-29T05:00:00Z',
  ])
})

test('a period holds its start and not its end, and the next begins there', () => {
  const { start, end, index } = periodOf(newYork, '2026-02-10T00:00:00Z')
  expect(periodOf(newYork, start)).toEqual({ start, end, index })
  expect(periodOf(newYork, end)).toMatchObject({ start: end, index: index + 1 })
  expect(periodOf(newYork, '2026-02-28T04:59:59.999999Z')).toMatchObject({ end, index })
})

test('a day is 23 hours when the clock goes forward and 25 when it goes back, an hour is always one', () => {
  const day = { anchor: '2026-01-01T00:00:00', timeZone: 'America/New_York', interval: 'day' } as const
  expect(hours(periodOf(day, '2026-03-08T12:00:00Z'))).toBe(23)
  expect(hours(periodOf(day, '2026-11-01T12:00:00Z'))).toBe(25)
  const hour = { ...day, interval: 'hour' } as const
  for (const at of ['2026-03-08T06:59:59Z', '2026-03-08T07:00:00Z', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z']) {
    expect(hours(periodOf(hour, at)), at).toBe(1)
  }
  expect(periodOf(hour, '2026-11-01T06:30:00Z').index - periodOf(hour, '2026-11-01T05:30:00Z').index).toBe(1)
})

test("where Cairo's midnight does not exist the day begins with the first instant that does", () => {
  const cairo = { anchor: '2026-01-01T00:00:00', timeZone: 'Africa/Cairo', interval: 'day' } as const
  const short = periodOf(cairo, '2026-04-24T12:00:00Z')
  expect(short).toMatchObject({ start: '2026-04-23T22:00:00Z', end: '2026-04-24T21:00:00Z' })
  // Half past midnight is skipped as well: its day begins at that same instant and not half an hour later.
  expect(periodOf({ ...cairo, anchor: '2026-01-01T00:30:00' }, '2026-04-24T12:00:00Z').start).toBe('2026-04-23T22:00:00Z')
})

test('a local time that the clock shows twice begins a period with its first occurrence', () => {
  const twice: PeriodRule = { anchor: '2026-10-01T01:30:00', timeZone: 'America/New_York', interval: 'day' }
  expect(periodOf(twice, '2026-11-01T12:00:00Z').start).toBe('2026-11-01T05:30:00Z')
})

test('periods follow each other without a gap over ten years, before the anchor too', () => {
  for (const timeZone of ['Asia/Kolkata', 'America/New_York', 'Africa/Cairo', 'Pacific/Apia', 'Australia/Lord_Howe']) {
    for (const interval of ['month', 'year'] as const) {
      let period = periodOf({ anchor: '2015-08-31T02:15:00', timeZone, interval }, '2010-06-15T00:00:00Z')
      expect(period.index).toBeLessThan(0)
      while (period.start < '2020') {
        const next = periodOf({ anchor: '2015-08-31T02:15:00', timeZone, interval }, period.end)
        expect(next.start).toBe(period.end)
        expect(next.index).toBe(period.index + 1)
        period = next
      }
    }
  }
})

test('a day that Samoa never had is no period', () => {
  const samoa = { anchor: '2011-01-01T00:00:00', timeZone: 'Pacific/Apia', interval: 'day' } as const
  expect(periodOf(samoa, '2011-12-30T09:59:59Z').end).toBe('2011-12-30T10:00:00Z')
  expect(hours(periodOf(samoa, '2011-12-30T10:00:00Z'))).toBe(24)
})

test('a zone changed in mid-month takes effect at the next boundary, and makes no period of a few hours', () => {
  const month = { anchor: '2000-01-01T00:00:00', interval: 'month' } as const
  const changes = [
    { ...month, timeZone: 'UTC', since: null },
    { ...month, timeZone: 'America/New_York', since: '2026-03-15T10:00:00Z' },
  ]
  expect(changingPeriodOf(changes, '2026-03-20T00:00:00Z')).toEqual({
    start: '2026-03-01T00:00:00Z',
    end: '2026-04-01T00:00:00Z',
  })
  for (const at of ['2026-04-01T00:00:00Z', '2026-04-01T04:30:00Z', '2026-04-30T00:00:00Z']) {
    expect(changingPeriodOf(changes, at), at).toEqual({ start: '2026-04-01T00:00:00Z', end: '2026-05-01T04:00:00Z' })
  }
  expect(changingPeriodOf(changes, '2026-05-02T00:00:00Z').start).toBe('2026-05-01T04:00:00Z')
})

test('a zone to the east takes effect at the next boundary as well, and of two changes in one period the last counts', () => {
  const month = { anchor: '2000-01-01T00:00:00', interval: 'month' } as const
  const changes = [
    { ...month, timeZone: 'UTC', since: null },
    { ...month, timeZone: 'America/New_York', since: '2026-03-02T00:00:00Z' },
    { ...month, timeZone: 'Asia/Kolkata', since: '2026-03-20T00:00:00Z' },
  ]
  expect(changingPeriodOf(changes, '2026-03-25T00:00:00Z').end).toBe('2026-04-01T00:00:00Z')
  expect(changingPeriodOf(changes, '2026-04-10T00:00:00Z')).toEqual({
    start: '2026-04-01T00:00:00Z',
    end: '2026-04-30T18:30:00Z',
  })
})

test('what begins now has its anchor in local time', () => {
  expect(anchorAt('2026-01-31T05:00:00Z', 'America/New_York')).toBe('2026-01-31T00:00:00')
})

test('a zone or an anchor that cannot be read is an error', () => {
  expect(() => periodOf({ ...newYork, timeZone: 'Mars/Olympus' }, '2026-01-01T00:00:00Z')).toThrow(RangeError)
  expect(() => periodOf({ ...newYork, anchor: 'soon' }, '2026-01-01T00:00:00Z')).toThrow(RangeError)
})
