import { createReadStream, existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BmsApi } from '../api/bms-api.ts'
import { type Client, type Installation, install } from '../bms.test-support.ts'
import { readKind, type Told } from './kinds.ts'
import { sendPoints } from './send-points.ts'

const folder = new URL('../../../../../shared/data/bms/', import.meta.url)
const missing = !existsSync(folder)
const realData = missing ? 'real data: SKIPPED, the folder shared/data/bms is not beside this checkout' : 'real data'

let installation: Installation
let mine: Client
let api: BmsApi

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
  api = new BmsApi({ baseUrl: installation.baseUrl, key: mine.key })
})
afterAll(() => installation?.close())

async function newBuilding(timeZone: string): Promise<string> {
  return (await mine.post('/v1/bms/buildings', { name: 'Imported', timeZone })).body.id
}

const year = { local: '2016-07-31T23:00', zone: 'America/Los_Angeles' }
const homes = { start: year.local, zone: year.zone }

function importFile(buildingId: string, kind: string, file: string, told: Told) {
  return sendPoints(api, buildingId, readKind(kind, createReadStream(new URL(file, folder)), told))
}

async function windows(id: string, query: string) {
  const { body } = await mine.get(`/v1/bms/buildings/${id}/data?${query}`)
  return body.series[0]?.points as { time: string; sum: number; count: number }[]
}

describe.skipIf(missing)(realData, () => {
  const span = 'start=2016-01-01T00:00:00Z&end=2018-01-01T00:00:00Z&point_type=energy'

  test.each([
    [1, 10_583],
    [2, 9_354],
    [3, 7_170],
    [4, 10_793],
    [5, 8_808],
  ])('home %i: 8,760 hours and %i kWh a year', async (home, load) => {
    const id = await newBuilding('America/Los_Angeles')
    const sent = await importFile(id, 'citylearn-home', `citylearn2022_building_${home}.csv`, homes)
    expect(sent).toEqual({ points: 2 * 8_760, stored: 2 * 8_760 })
    const months = await windows(id, `${span}&window=1mo&aggregate=sum,count`)
    expect(months.reduce((sum, month) => sum + month.count, 0)).toBe(8_760)
    expect(Math.round(months.reduce((sum, month) => sum + month.sum, 0))).toBe(load)
  })

  test('hours end at the number in the file: the first stands at 23:00 local time and a day has its own 24', async () => {
    const id = await newBuilding('America/Los_Angeles')
    await importFile(id, 'citylearn-home', 'citylearn2022_building_1.csv', homes)
    const days = await windows(id, `${span}&window=1d&aggregate=sum,count`)
    expect(days.slice(0, 2)).toMatchObject([
      { time: '2016-07-31T07:00:00.000Z', count: 1, sum: expect.closeTo(2.2758) },
      { time: '2016-08-01T07:00:00.000Z', count: 24 },
    ])
  })

  test('sent twice changes nothing', async () => {
    const id = await newBuilding('America/Los_Angeles')
    await importFile(id, 'citylearn-home', 'citylearn2022_building_3.csv', homes)
    const before = await mine.get(`/v1/bms/buildings/${id}/data?${span}&window=1d&aggregate=sum,count`)
    expect(await importFile(id, 'citylearn-home', 'citylearn2022_building_3.csv', homes)).toEqual({ points: 17_520, stored: 0 })
    const after = await mine.get(`/v1/bms/buildings/${id}/data?${span}&window=1d&aggregate=sum,count`)
    expect(after.text).toBe(before.text)
  })

  test('the weather beside them is four series of 8,760 hours', async () => {
    const id = await newBuilding('America/Los_Angeles')
    expect(await importFile(id, 'citylearn-weather', 'citylearn2022_weather.csv', homes)).toEqual({
      points: 35_040,
      stored: 35_040,
    })
    expect((await mine.get(`/v1/bms/buildings/${id}/series`)).body.items).toHaveLength(4)
  })

  test('the office: 7,267 temperatures, and its ten gaps of 2 to 174 hours are still there', async () => {
    const id = await newBuilding('America/New_York')
    const sent = await importFile(id, 'office-temperature', 'nab_ambient_temperature_system_failure.csv', { zone: '-05:00' })
    expect(sent).toEqual({ points: 7_267, stored: 7_267 })
    const hours = await windows(id, 'start=2013-07-01T00:00:00Z&end=2014-07-01T00:00:00Z&window=1h&aggregate=count')
    expect(hours).toHaveLength(7_267)
    const steps = hours.slice(1).map(({ time }, n) => (Date.parse(time) - Date.parse(hours[n]?.time ?? '')) / 3_600_000)
    expect(steps.filter((step) => step !== 1).toSorted((a, b) => a - b)).toEqual([2, 3, 15, 30, 32, 48, 71, 96, 160, 174])
  })

  test('a zone whose clock is changed does not fit the office, and the line says so', async () => {
    const id = await newBuilding('America/New_York')
    const file = 'nab_ambient_temperature_system_failure.csv'
    await expect(importFile(id, 'office-temperature', file, { zone: 'America/New_York' })).rejects.toThrow(
      'line 5524: 2014-03-09 02:00:00 does not exist in America/New_York. If the clock of this file is never changed, name its offset: for example -05:00.',
    )
  })
})

describe('a file that is not as it should be', () => {
  async function* text(content: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(content)
  }
  const home = 'month,hour,non_shiftable_load,solar_generation\n'

  test.each([
    ['a start that does not fit', `${home}7,1,1,1\n`, 'line 2: hour 1 where hour 24 was due, by the start you gave'],
    ['a month that does not fit', `${home}8,24,1,1\n`, 'line 2: the file begins in month 8, the start you gave in month 07'],
    ['a missing hour', `${home}7,24,1,1\n8,2,1,1\n`, 'line 3: hour 2 where hour 1 was due'],
    ['a value that is none', `${home}7,24,n/a,1\n`, 'line 2: "non_shiftable_load" is not a number'],
    ['a column too few', `${home}7,24,1\n`, 'line 2: has 3 columns, the header has 4'],
    ['another header', 'a,b\n', 'line 1: the header lacks "month", "hour", "non_shiftable_load", "solar_generation"'],
    ['nothing', '', 'line 1: the file is empty'],
  ])('%s is told with its line', async (_, content, message) => {
    await expect(Array.fromAsync(readKind('citylearn-home', text(content), homes))).rejects.toThrow(message)
  })

  test('a start is asked for where the file has no times', () => {
    expect(() => readKind('citylearn-home', text(home), { zone: 'UTC' })).toThrow('--start')
  })
})

test('what the server refuses is told in its words', async () => {
  const stranger = new BmsApi({ baseUrl: installation.baseUrl, key: 'wrong' })
  await expect(stranger.buildings()).rejects.toMatchObject({ status: 401, code: 'unauthenticated' })
})
