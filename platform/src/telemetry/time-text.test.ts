import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lastInstant } from './instant.ts'
import { timeText } from './time-text.ts'

test('times are written to the millisecond, and to the microsecond where there are any', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: lastInstant }), (time) => {
      const milliseconds = new Date(Math.floor(time / 1_000)).toISOString()
      const micros = time % 1_000
      expect(timeText(time)).toBe(micros === 0 ? milliseconds : milliseconds.replace('Z', `${String(micros).padStart(3, '0')}Z`))
      expect(timeText(time - (time % 1_000))).toBe(milliseconds)
    }),
  )
})
