import type { ApiPoint } from '../api/bms-api.ts'
import { readCityLearnHome } from './citylearn-home.ts'
import { readCityLearnWeather } from './citylearn-weather.ts'
import { readOfficeTemperature } from './office-temperature.ts'

export interface Told {
  readonly start?: string | undefined
  readonly zone: string
}

interface Kind {
  readonly about: string
  readonly read: (bytes: AsyncIterable<Uint8Array>, told: Told) => AsyncIterable<ApiPoint>
}

/** The kinds of files the importer knows, by the name they have on its command line. */
export const kinds: Readonly<Record<string, Kind>> = {
  'citylearn-home': {
    about: 'a home of the CityLearn 2022 challenge',
    read: (bytes, told) => readCityLearnHome(bytes, withStart(told)),
  },
  'citylearn-weather': {
    about: 'the weather beside those homes',
    read: (bytes, told) => readCityLearnWeather(bytes, withStart(told)),
  },
  'office-temperature': {
    about: 'NAB, ambient temperature of an office',
    read: (bytes, told) => readOfficeTemperature(bytes, told.zone),
  },
}

export function readKind(name: string, bytes: AsyncIterable<Uint8Array>, told: Told): AsyncIterable<ApiPoint> {
  const kind = kinds[name]
  if (!kind) throw new RangeError(`There is no kind "${name}": ${Object.keys(kinds).join(', ')}.`)
  return kind.read(bytes, told)
}

function withStart({ start, zone }: Told): { local: string; zone: string } {
  if (start === undefined) throw new RangeError('This file has no times: say with --start when its first hour begins.')
  return { local: start, zone }
}
