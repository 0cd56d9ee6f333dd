import { formatInstant } from 'tenantry'
import type { ApiPoint } from '../api/bms-api.ts'
import { microsecondsPerHour, type Start, startInstant } from './clock.ts'
import { rowsOf } from './columns.ts'
import { ImportError } from './import-error.ts'

const columns = ['month', 'hour', 'non_shiftable_load', 'solar_generation']

/**
 * A home of the CityLearn 2022 challenge: a year of hours, without times. `hour` is 1 to 24 and says when the hour *ends*;
 * a point stands at the hour's beginning, so that a day's sum holds the hours of that day. The clock of the file is never put
 * forward or back, so each row lies one hour after the one before.
 *
 * Not taken: the indoor columns (empty in this set) and the demands (always 0: they are part of the load).
 */
export async function* readCityLearnHome(bytes: AsyncIterable<Uint8Array>, start: Start): AsyncGenerator<ApiPoint> {
  const first = startInstant(start)
  let hours = 0
  let previous: number | undefined
  for await (const row of rowsOf(bytes, columns)) {
    const hour = row.number('hour')
    const expected = previous === undefined ? hourEnding(start.local) : (previous % 24) + 1
    if (hour !== expected)
      throw new ImportError(
        row.line,
        `hour ${row.text('hour')} where hour ${expected} was due${previous === undefined ? ', by the start you gave' : ''}`,
      )
    if (previous === undefined && row.number('month') !== Number(start.local.slice(5, 7))) {
      throw new ImportError(
        row.line,
        `the file begins in month ${row.text('month')}, the start you gave in month ${start.local.slice(5, 7)}`,
      )
    }
    previous = hour
    const time = formatInstant(first + hours * microsecondsPerHour)
    hours += 1
    const load = row.number('non_shiftable_load')
    const solar = row.number('solar_generation')
    if (load !== undefined) yield { time, pointType: 'energy', unit: 'kWh', value: load }
    if (solar !== undefined) yield { time, pointType: 'solar_generation', unit: 'W/kW', value: solar }
  }
}

/** `23:00` begins hour 24. */
function hourEnding(local: string): number {
  return Number(local.slice(11, 13)) + 1
}
