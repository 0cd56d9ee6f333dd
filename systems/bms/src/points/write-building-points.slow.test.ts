import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Client, type Installation, install } from '../bms.test-support.ts'

let installation: Installation
let mine: Client
let building: string

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
})
afterAll(() => installation?.close())
beforeEach(async () => {
  building = (await mine.post('/v1/bms/buildings', { name: 'Harbour House' })).body.id
})

const json = (points: unknown, query = '') => mine.post(`/v1/bms/buildings/${building}/points${query}`, { points })
const csv = (text: string, query = '') =>
  mine.post(`/v1/bms/buildings/${building}/points${query}`, text, { 'content-type': 'text/csv' })
const good = { time: '2026-01-01T00:00:00Z', pointType: 'co2', unit: 'ppm', value: 420 }

async function stored(): Promise<string[]> {
  const { text } = await mine.get(
    `/v1/bms/buildings/${building}/data?start=1970-01-01T00:00:00Z&end=1970-12-31T00:00:00Z&format=csv`,
  )
  const recent = await mine.get(
    `/v1/bms/buildings/${building}/data?start=2026-01-01T00:00:00Z&end=2026-12-01T00:00:00Z&format=csv`,
  )
  return [...text.split('\r\n').slice(1, -1), ...recent.text.split('\r\n').slice(1, -1)].map((line) =>
    line.replace(/,[0-9a-f-]{36},/, ','),
  )
}

describe('as JSON', () => {
  test('a batch sent twice under its name is stored once', async () => {
    expect((await json([good], '?batch=a')).body).toEqual({ stored: 1, refused: 0, errors: [] })
    expect((await json([good], '?batch=a')).body).toEqual({ stored: 0, refused: 0, errors: [] })
  })

  test.each([
    ['a building named inside a point', { ...good, buildingId: '018f0000-0000-7000-8000-000000000000' }],
    ['a tenant named inside a point', { ...good, tenantId: '018f0000-0000-7000-8000-000000000000' }],
    ['a time without an offset', { ...good, time: '2026-01-01T00:00:00' }],
    ['a day that does not exist', { ...good, time: '2026-02-30T00:00:00Z' }],
    ['a time before 1970', { ...good, time: '1969-12-31T23:59:59Z' }],
    ['a time far ahead', { ...good, time: '2099-01-01T00:00:00Z' }],
    ['text for a value', { ...good, value: '420' }],
    ['no value', { ...good, value: null }],
    ['a type in capitals', { ...good, pointType: 'CO2' }],
  ])('%s refuses the whole payload', async (_, bad) => {
    expect(await json([good, bad])).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(await stored()).toEqual([])
  })

  test('a number that no float can hold refuses the whole payload', async () => {
    const text = '{"points":[{"time":"2026-01-01T00:00:00Z","pointType":"co2","value":1e400}]}'
    const answer = await mine.post(`/v1/bms/buildings/${building}/points`, text, { 'content-type': 'application/json' })
    expect(answer.status).toBe(400)
    expect(await stored()).toEqual([])
  })
})

describe('as CSV', () => {
  test.each([
    ['tenant', '018f0000-0000-7000-8000-000000000000', 422, 'other_tenant_named'],
    ['Tenant_ID', 'somebody else', 422, 'other_tenant_named'],
    ['building_id', '018f0000-0000-7000-8000-000000000000', 404, 'building_not_found'],
  ])('[BMS-1] a column %s that says otherwise refuses the whole file', async (column, other, status, code) => {
    const own = column === 'building_id' ? building : mine.tenantId
    const file = (last: string) =>
      `time,point_type,value,${column}\n2026-01-01T00:00:00Z,co2,1,${own}\n2026-01-01T00:01:00Z,co2,2,${last}`
    expect(await csv(file(other), '?partial=true')).toMatchObject({ status, body: { code } })
    expect(await stored()).toEqual([])
    expect(await csv(file(own))).toMatchObject({ status: 200, body: { stored: 2 } })
  })

  test('is stored with offsets, quotes, any line ends and a byte order mark', async () => {
    const text =
      '\uFEFFtime,point_type,value,unit,sensor\r\n2026-01-01T01:00:00+01:00,co2,420,ppm,"Room ""1"", east"\n2026-01-01T00:01:00.5Z,co2,-1.5e1,ppm,\n'
    expect(await csv(text, '')).toMatchObject({ status: 200, body: { stored: 2 } })
    expect((await stored()).toSorted()).toEqual([
      '2026-01-01T00:00:00.000Z,co2,ppm,"Room ""1"", east",420',
      '2026-01-01T00:01:00.500Z,co2,ppm,,-15',
    ])
  })

  test("maps a file's own columns, and constants for those it lacks", async () => {
    const text = 'timestamp,kw\n2026-03-29 00:30:00,1\n2026-03-29 02:30:00,2\n'
    const query = '?time_column=timestamp&value_column=kw&point_type=power&unit=kW&time_zone=Europe/London'
    expect(await csv(text, query)).toMatchObject({ status: 200, body: { stored: 2 } })
    expect(await stored()).toEqual(['2026-03-29T00:30:00.000Z,power,kW,,1', '2026-03-29T01:30:00.000Z,power,kW,,2'])
  })

  test('names bad lines by number and stores nothing', async () => {
    const text =
      'time,point_type,value\n2026-01-01T00:00:00Z,co2,1\nnever,co2,2\n2026-01-01T00:02:00Z,co2,"1,5"\n2026-01-01T00:03:00Z,co2\n'
    const { status, body } = await csv(text)
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid_line', refused: 3 })
    expect(body.errors.map(({ line }: { line: number }) => line)).toEqual([3, 4, 5])
    expect(await stored()).toEqual([])
  })

  test('keeps the good lines when asked to, and still names the bad ones', async () => {
    const text = 'time,point_type,value\n2026-01-01T00:00:00Z,co2,1\nnever,co2,2\n'
    expect((await csv(text, '?partial=true')).body).toMatchObject({ stored: 1, refused: 1, errors: [{ line: 3 }] })
    expect(await stored()).toEqual(['2026-01-01T00:00:00.000Z,co2,,,1'])
  })

  test('a local time that the clock skips is a bad line, one that comes twice is read in order', async () => {
    const query = '?time_zone=America/New_York'
    expect((await csv('time,point_type,value\n2026-03-08 02:30:00,co2,1\n', query)).body).toMatchObject({
      code: 'invalid_line',
      errors: [{ line: 2 }],
    })
    const past = 'time,point_type,value\n2025-11-02 01:30:00,co2,1\n2025-11-02 01:30:00,co2,2\n'
    expect((await csv(past, query)).body).toMatchObject({ stored: 2 })
    const { body } = await mine.get(`/v1/bms/buildings/${building}/data?start=2025-11-02T00:00:00Z&end=2025-11-03T00:00:00Z`)
    expect(body.series[0].points.map(({ time }: { time: string }) => time)).toEqual([
      '2025-11-02T05:30:00.000Z',
      '2025-11-02T06:30:00.000Z',
    ])
  })

  test.each([
    ['no such column', 'when,value\n1,2\n', 'malformed_body'],
    ['nothing in it', '', 'invalid_request'],
    ['a header that is not there', '\n\n', 'malformed_body'],
    [
      'a quote that never closes',
      'time,point_type,value\n"2026-01-01T00:00:00Z,co2,1\n2026-01-01T00:00:00Z,co2,1\n',
      'invalid_line',
    ],
  ])('a file with %s is refused as a whole', async (_, text, code) => {
    expect(await csv(text)).toMatchObject({ status: 400, body: { code } })
    expect(await stored()).toEqual([])
  })

  test('bytes that are no text are refused', async () => {
    const answer = await fetch(new URL(`/v1/bms/buildings/${building}/points`, installation.baseUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${mine.key}`, 'content-type': 'text/csv' },
      body: new Uint8Array([0x74, 0x69, 0xff, 0xfe, 0x0a]),
    })
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'malformed_body' }])
  })
})
