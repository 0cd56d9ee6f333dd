import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { dayOf, startOfDay } from './midnights.ts'

const zones = ['UTC', 'Europe/London', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'] as const

test('an instant lies on the day that the calendar of its zone shows, and days begin where they begin there', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }), (zone, milliseconds) => {
      const local = Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(zone)
      const day = dayOf(milliseconds * 1_000, zone)
      expect(new Date(day * 86_400_000).toISOString().slice(0, 10)).toBe(local.toPlainDate().toString())
      expect(startOfDay(day, zone)).toBe(local.startOfDay().epochMilliseconds * 1_000)
    }),
    { numRuns: 300 },
  )
})
