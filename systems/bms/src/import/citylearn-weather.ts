import { formatInstant } from 'tenantry'
import type { ApiPoint } from '../api/bms-api.ts'
import { microsecondsPerHour, type Start, startInstant } from './clock.ts'
import { rowsOf } from './columns.ts'

const series = {
  outdoor_dry_bulb_temperature: { pointType: 'outdoor_temperature', unit: 'degC' },
  outdoor_relative_humidity: { pointType: 'outdoor_humidity', unit: '%' },
  diffuse_solar_irradiance: { pointType: 'diffuse_irradiance', unit: 'W/m2' },
  direct_solar_irradiance: { pointType: 'direct_irradiance', unit: 'W/m2' },
} as const

/** The weather beside the homes: the same hours, and nothing that says which. */
export async function* readCityLearnWeather(bytes: AsyncIterable<Uint8Array>, start: Start): AsyncGenerator<ApiPoint> {
  const first = startInstant(start)
  let hours = 0
  for await (const row of rowsOf(bytes, Object.keys(series))) {
    const time = formatInstant(first + hours * microsecondsPerHour)
    hours += 1
    for (const [column, kind] of Object.entries(series)) {
      const value = row.number(column)
      if (value !== undefined) yield { time, ...kind, value }
    }
  }
}
