import { expect, test } from 'vitest'
import { everyDay, onwards } from './usage-days.ts'

const known = [
  { day: '2026-02-27', value: 5 },
  { day: '2026-03-01', value: 7 },
]

test('on days that the API leaves out nothing metered was used, and of what is counted there was as much as before', () => {
  const values = (kind: string) =>
    everyDay(known, '2026-02-26', '2026-03-02', kind).map(({ day, value }) => `${day.slice(8)}: ${value}`)
  expect(values('metered')).toEqual(['26: 0', '27: 5', '28: 0', '01: 7', '02: 0'])
  expect(values('counted')).toEqual(['27: 5', '28: 5', '01: 7', '02: 7'])
})

test('what is counted goes on by the average of a day, and never below nothing', () => {
  expect(onwards({ day: '2026-02-28', value: 3 }, -2, 2).map(({ day, value }) => [day, value])).toEqual([
    ['2026-02-28', 3],
    ['2026-03-01', 1],
    ['2026-03-02', 0],
  ])
  expect(onwards(undefined, 1, 5)).toEqual([])
})
