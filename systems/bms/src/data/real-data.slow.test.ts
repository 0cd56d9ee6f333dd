import { existsSync, readFileSync } from 'node:fs'
import { aggregates } from 'tenantry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Installation, install } from '../bms.test-support.ts'

const folder = new URL('../../../../../shared/data/bms/', import.meta.url)
const missing = !existsSync(folder)
const realData = missing ? 'real data: SKIPPED, the folder shared/data/bms is not beside this checkout' : 'real data'

let installation: Installation
let mine: Client

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
})
afterAll(() => installation?.close())

type Row = { readonly time: string; readonly value: number }

/** Read by hand and not by the importer: the first hour begins at 23:00 of 31 July 2016 in California, and each is an hour later. */
function hoursOfHome(home: number): Row[] {
  const lines = readFileSync(new URL(`citylearn2022_building_${home}.csv`, folder), 'utf8')
    .trim()
    .split('\n')
  const column = lines[0]?.split(',').indexOf('non_shiftable_load') ?? -1
  return lines.slice(1).map((line, n) => ({
    time: new Date(Date.UTC(2016, 7, 1, 6 + n)).toISOString(),
    value: Number(line.split(',')[column]),
  }))
}

async function buildingWith(rows: readonly Row[], timeZone: string, kind = 'point_type=energy&unit=kWh'): Promise<string> {
  const { body } = await mine.post('/v1/bms/buildings', { name: 'Home', timeZone })
  const csv = ['time,value', ...rows.map(({ time, value }) => `${time},${value}`)].join('\n')
  const stored = await mine.post(`/v1/bms/buildings/${body.id}/points?${kind}`, csv, { 'content-type': 'text/csv' })
  expect(stored.body).toMatchObject({ stored: rows.length })
  return body.id
}

const read = async (building: string, query: string) =>
  (await mine.get(`/v1/bms/buildings/${building}/data?${query}`)).body.series[0].points

const span = 'start=2016-07-01T00:00:00Z&end=2017-09-01T00:00:00Z'

/** The wall clock of California by the tables of this process, not the database's: `2016-11-06 01:00`. */
const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Los_Angeles', dateStyle: 'short', timeStyle: 'short' })

/** The local label of the window in which an hour lies. */
const labels: Readonly<Record<string, (time: Date) => string>> = {
  '1h': (time) => `${clock.format(time)} ${time.toISOString()}`,
  '1d': (time) => clock.format(time).slice(0, 10),
  '1w': (time) => mondayOf(clock.format(time).slice(0, 10)),
  '1mo': (time) => `${clock.format(time).slice(0, 7)}-01`,
  '1y': (time) => `${clock.format(time).slice(0, 4)}-01-01`,
}

function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  return date.toISOString().slice(0, 10)
}

/** Each aggregate as one would reckon it by hand. */
function figuresOf(values: readonly number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b)
  const place = 0.95 * (values.length - 1)
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
  const sum = values.reduce((total, value) => total + value, 0)
  return {
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    mean: sum / values.length,
    sum,
    count: values.length,
    last: values.at(-1) ?? 0,
    p95: below + (above - below) * (place - Math.floor(place)),
  }
}

const nearly = (figures: Record<string, number>) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, expect.closeTo(value, 8)]))

describe.skipIf(missing)(realData, () => {
  let home: string
  const hours = missing ? [] : hoursOfHome(1)

  beforeAll(async () => {
    if (!missing) home = await buildingWith(hours, 'America/Los_Angeles')
  })

  test.each(Object.keys(labels))(
    '[BMS-3] every aggregate of every window of %s of a year is as reckoned by hand',
    async (window) => {
      const label = labels[window] as (time: Date) => string
      const points = await read(home, `${span}&window=${window}&aggregate=${aggregates.join(',')}`)
      const expected = [...Map.groupBy(hours, ({ time }) => label(new Date(time)))].map(([name, rows]) => [
        name,
        nearly(figuresOf(rows.map(({ value }) => value))),
      ])
      const told = points.map(({ time, ...figures }: Row & Record<string, number>) => [label(new Date(time)), figures])
      expect(told).toEqual(expected)
      // A window is told by where it begins: local midnight, but for hours.
      const starts = points.map(({ time }: Row) => clock.format(new Date(time)).slice(11))
      if (window !== '1h') expect(new Set(starts)).toEqual(new Set(['00:00']))
    },
  )

  test('[BMS-3] the months of the five homes sum to their yearly loads; November has an hour more, March one less', async () => {
    for (const [index, load] of [10_583, 9_354, 7_170, 10_793, 8_808].entries()) {
      const building = index === 0 ? home : await buildingWith(hoursOfHome(index + 1), 'America/Los_Angeles')
      const months: { time: string; sum: number; count: number }[] = await read(
        building,
        `${span}&window=1mo&aggregate=sum,count`,
      )
      expect(Math.round(months.reduce((total, { sum }) => total + sum, 0))).toBe(load)
      const counts = new Map(months.map(({ time, count }) => [clock.format(new Date(time)).slice(0, 7), count]))
      expect(counts.get('2016-11')).toBe(30 * 24 + 1)
      expect(counts.get('2017-03')).toBe(31 * 24 - 1)
      expect(counts.get('2016-10')).toBe(31 * 24)
    }
  })

  test('[BMS-3] a year of hours as a picture of 500 pixels shows its highest and its lowest hour, its first and its last', async () => {
    const points: Row[] = await read(home, 'start=2016-08-01T06:00:00Z&end=2017-08-01T06:00:00Z&points=500')
    expect(points.length).toBeLessThanOrEqual(1_000)
    const known = new Map(hours.map(({ time, value }) => [time, value]))
    expect(points.filter(({ time, value }) => known.get(time) !== value)).toEqual([])
    const values = points.map(({ value }) => value)
    const all = hours.map(({ value }) => value)
    expect([Math.min(...values), Math.max(...values)]).toEqual([Math.min(...all), Math.max(...all)])
    expect([points[0], points.at(-1)]).toEqual([hours[0], hours.at(-1)])
  })

  test('[BMS-3] the long gaps of the office are gaps in its picture, and only they', async () => {
    const lines = readFileSync(new URL('nab_ambient_temperature_system_failure.csv', folder), 'utf8').trim().split('\n').slice(1)
    const rows = lines.map((line) => {
      const [local = '', value] = line.split(',')
      return { time: `${local.replace(' ', 'T')}-05:00`, value: Number(value) }
    })
    const office = await buildingWith(rows, 'America/New_York', 'point_type=temperature&unit=degF')
    const points: Row[] = await read(office, 'start=2013-07-04T00:00:00Z&end=2014-06-01T00:00:00Z&points=2000')
    const steps = points.slice(1).map(({ time }, n) => (Date.parse(time) - Date.parse(points[n]?.time ?? '')) / 3_600_000)
    // A pixel is 3.98 hours wide, so two neighbours of one stretch lie less than eight hours apart.
    expect(steps.filter((step) => step >= 8).map(Math.floor)).toHaveLength(8)
    for (const [index, gap] of [15, 30, 32, 48, 71, 96, 160, 174].entries()) {
      expect(steps.filter((step) => step >= 8).toSorted((a, b) => a - b)[index]).toBeGreaterThanOrEqual(gap)
    }
  })
})
