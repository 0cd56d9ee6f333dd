import { sql } from 'tenantry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Installation, install } from '../bms.test-support.ts'

let installation: Installation
let mine: Client
let building: string

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
  building = (await mine.post('/v1/bms/buildings', { name: 'Harbour House', timeZone: 'Europe/London' })).body.id
  const points = [0, 1, 2, 3].map((n) => ({ time: `2026-03-28T0${n}:00:00Z`, pointType: 'power', unit: 'kW', value: n }))
  await mine.post(`/v1/bms/buildings/${building}/points`, {
    points: [...points, { ...points[0], pointType: 'co2', unit: 'ppm', sensor: '=1+1' }],
  })
})
afterAll(() => installation?.close())

const span = 'start=2026-03-28T00:00:00Z&end=2026-03-29T00:00:00Z'
const data = (query: string, headers?: Record<string, string>) => mine.get(`/v1/bms/buildings/${building}/data?${query}`, headers)

test("answers raw points by series, with the building's zone", async () => {
  const { status, body } = await data(`${span}&point_type=power`)
  expect(status).toBe(200)
  expect(body).toEqual({
    buildingId: building,
    timeZone: 'Europe/London',
    start: '2026-03-28T00:00:00Z',
    end: '2026-03-29T00:00:00Z',
    window: null,
    series: [
      {
        sensorId: expect.any(String),
        pointType: 'power',
        unit: 'kW',
        sensor: '',
        points: [0, 1, 2, 3].map((n) => ({ time: `2026-03-28T0${n}:00:00.000Z`, value: n })),
      },
    ],
  })
})

test('answers windows with the aggregates asked for', async () => {
  const { body } = await data(`${span}&point_type=power&window=2h&aggregate=min,max,sum`)
  expect(body.series[0].points).toEqual([
    { time: '2026-03-28T00:00:00.000Z', min: 0, max: 1, sum: 1 },
    { time: '2026-03-28T02:00:00.000Z', min: 2, max: 3, sum: 5 },
  ])
  expect((await data(`${span}&window=1d`)).body).toMatchObject({ window: '1d', series: [{}, {}] })
})

test('[BMS-3] several series come in one answer, chosen by kind or by sensor', async () => {
  const all = (await data(`${span}&point_type=power,co2&window=1d&aggregate=sum`)).body.series
  expect(all.map(({ pointType }: { pointType: string }) => pointType).toSorted()).toEqual(['co2', 'power'])
  const ids = all.map(({ sensorId }: { sensorId: string }) => sensorId)
  expect((await data(`${span}&sensor_id=${ids.join(',')}&window=1d&aggregate=sum`)).body.series).toEqual(all)
  expect((await data(`${span}&sensor_id=${ids[1]}&window=1d&aggregate=sum`)).body.series).toEqual([all[1]])
})

test('[BMS-3] answers at most two values per pixel, and how long a pixel is', async () => {
  const { status, body } = await data(`${span}&point_type=power&points=3`)
  expect([status, body.window, body.pixelSeconds]).toEqual([200, null, 43_200])
  expect(body.series[0].points).toEqual([
    { time: '2026-03-28T00:00:00.000Z', value: 0 },
    { time: '2026-03-28T03:00:00.000Z', value: 3 },
  ])
  expect((await data(`${span}&point_type=power&points=3`, { accept: 'text/csv' })).text.trimEnd().split('\r\n')).toHaveLength(3)
})

test('answers an empty list where nothing was measured', async () => {
  const { status, body } = await data('start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z&window=1h')
  expect([status, body.series]).toEqual([200, []])
})

test('answers CSV where Accept asks for it, with labels that no spreadsheet runs', async () => {
  const { headers, text } = await data(`${span}&window=1d&aggregate=count,mean`, { accept: 'text/csv' })
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const [header, ...lines] = text.trimEnd().split('\r\n')
  expect(header).toBe('time,sensor_id,point_type,unit,sensor,count,mean')
  expect(lines.map((line) => line.replace(/,[0-9a-f-]{36},/, ',')).toSorted()).toEqual([
    "2026-03-28T00:00:00.000Z,co2,ppm,'=1+1,1,0",
    '2026-03-28T00:00:00.000Z,power,kW,,4,1.5',
  ])
  expect(await data(span, { accept: 'image/png' })).toMatchObject({ status: 406, body: { code: 'not_acceptable' } })
})

describe('is refused, saying what to do', () => {
  test.each([
    ['end before start', 'start=2026-03-29T00:00:00Z&end=2026-03-28T00:00:00Z', 'invalid_request'],
    ['no span', '', 'invalid_request'],
    ['a window that does not divide a day', `${span}&window=7m`, 'invalid_request'],
    ['an aggregate that is none', `${span}&window=1h&aggregate=median`, 'invalid_request'],
    ['an aggregate without a window', `${span}&aggregate=mean`, 'invalid_request'],
    ['pixels and windows at once', `${span}&window=1h&points=100`, 'invalid_request'],
    ['a picture of one pixel', `${span}&points=1`, 'invalid_request'],
    ['a list with an empty place', `${span}&point_type=power,`, 'invalid_request'],
    ['a list with something that is no id', `${span}&sensor_id=a,b`, 'invalid_request'],
    ['a query language', `${span}&query=select%201`, 'invalid_request'],
    ['too many windows', 'start=2000-01-01T00:00:00Z&end=2026-01-01T00:00:00Z&window=1m', 'range_too_wide'],
  ])('%s', async (_, query, code) => {
    expect(await data(query)).toMatchObject({ status: 400, body: { code } })
  })
})

test('[BMS-10] every read of building data is in the access log: who, which building, when', async () => {
  const { tenantId } = mine
  const scope = installation.tenantry.scope({ tenantId, actor: { kind: 'system', id: tenantId } })
  const reads = () =>
    scope.run(sql<{ actorKind: string; action: string; objectId: string; at: string }>`
      select actor_kind, action, object_id, at from tenantry.access_log where object_id = ${building} order by at desc`)
  const before = (await reads()).length
  await data(span)
  await data(`${span}&window=1h`)
  await mine.get(`/v1/bms/buildings/${building}/series`)
  const after = await reads()
  expect(after.length - before).toBe(3)
  expect(after[0]).toMatchObject({ actorKind: 'key', action: 'building.read', objectId: building, at: expect.any(String) })
})

test('lists what is measured, and since when', async () => {
  const { body } = await mine.get(`/v1/bms/buildings/${building}/series`)
  expect(body).toMatchObject({
    timeZone: 'Europe/London',
    firstAt: '2026-03-28T00:00:00.000Z',
    lastAt: '2026-03-28T03:00:00.000Z',
  })
  expect(body.items.map(({ pointType }: { pointType: string }) => pointType).toSorted()).toEqual(['co2', 'power'])
})
