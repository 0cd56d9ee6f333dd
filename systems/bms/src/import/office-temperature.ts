import { formatInstant, LocalClock } from 'tenantry'
import type { ApiPoint } from '../api/bms-api.ts'
import { rowsOf } from './columns.ts'
import { ImportError } from './import-error.ts'

/**
 * The office's air in degrees Fahrenheit (NAB, ambient temperature): local times without a zone, so the caller names the zone
 * of the clock that wrote them. Ten stretches of 2 to 174 hours are missing; they stay missing.
 */
export async function* readOfficeTemperature(bytes: AsyncIterable<Uint8Array>, zone: string): AsyncGenerator<ApiPoint> {
  const clock = new LocalClock(zone)
  let previous = -1
  for await (const row of rowsOf(bytes, ['timestamp', 'value'])) {
    const local = row.text('timestamp')
    const read = clock.read(local)
    if (read === 'unreadable') throw new ImportError(row.line, `"${local}" is not a local time like 2013-07-04 00:00:00`)
    if (read === 'skipped') {
      throw new ImportError(
        row.line,
        `${local} does not exist in ${zone}. If the clock of this file is never changed, name its offset: for example -05:00.`,
      )
    }
    const time = typeof read === 'number' ? read : read.earlier > previous ? read.earlier : read.later
    if (time <= previous) throw new ImportError(row.line, `${local} is not after the line before`)
    previous = time
    const value = row.number('value')
    if (value === undefined) throw new ImportError(row.line, 'the value is empty')
    yield { time: formatInstant(time), pointType: 'temperature', unit: 'degF', value }
  }
}
