import { InfluxDB, Point, setLogger } from '@influxdata/influxdb-client'
import { InfluxDB as InfluxDB1 } from 'influx'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Client, type Installation, install } from '../bms.test-support.ts'

/** The official clients as their makers publish them, with nothing but an address and a key. */
let installation: Installation
let mine: Client
let building: string

beforeAll(async () => {
  // It tells every refusal there too.
  setLogger({ error: () => undefined, warn: () => undefined })
  installation = await install()
  mine = await installation.customer()
})
afterAll(() => installation?.close())
beforeEach(async () => {
  building = (await mine.post('/v1/bms/buildings', { name: 'Harbour House' })).body.id
})

async function stored(): Promise<string[]> {
  const { text } = await mine.get(
    `/v1/bms/buildings/${building}/data?start=2026-01-01T00:00:00Z&end=2026-02-01T00:00:00Z&format=csv`,
  )
  if (!text.startsWith('time')) throw new Error(text)
  return text
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.replace(/,[0-9a-f-]{36},/, ','))
    .sort()
}

const morning = Date.parse('2026-01-01T08:00:00.125Z')

describe('[BMS-2] @influxdata/influxdb-client', () => {
  const writer = (
    more: { token?: string; gzipThreshold?: number; batchSize?: number; headers?: Record<string, string> } = {},
  ) => {
    const { token = mine.key, ...options } = more
    return new InfluxDB({ url: installation.baseUrl, token }).getWriteApi('', building, 'ms', { maxRetries: 0, ...options })
  }
  const reading = (value: number, time = morning) =>
    new Point('temperature').tag('unit', 'degC').tag('sensor', 'north wall').floatField('value', value).timestamp(time)

  test('writes points unchanged', async () => {
    const api = writer()
    api.writePoint(reading(21.5))
    api.writePoint(new Point('climate').intField('co2', 420).booleanField('occupied', true).timestamp(morning))
    await api.close()
    expect(await stored()).toEqual([
      '2026-01-01T08:00:00.125Z,climate.co2,,,420',
      '2026-01-01T08:00:00.125Z,climate.occupied,,,1',
      '2026-01-01T08:00:00.125Z,temperature,degC,north wall,21.5',
    ])
  })

  test('writes ten thousand points, compressed', async () => {
    const api = writer({ gzipThreshold: 1, batchSize: 20_000 })
    for (let second = 0; second < 10_000; second += 1) api.writePoint(reading(second, morning + second * 1_000))
    await api.close()
    expect(await stored()).toHaveLength(10_000)
  })

  test('shows the code, the line and what to do', async () => {
    const api = writer()
    api.writeRecord('temperature value=21.5')
    api.writeRecord('temperature value=warm')
    await expect(api.close()).rejects.toMatchObject({
      statusCode: 400,
      code: 'invalid_line',
      message: expect.stringMatching(/^1 line could not be read\. Line 2: The value of `value` must be a finite number/),
    })
    expect(await stored()).toEqual([])
  })

  test('keeps the good lines when it asks for that', async () => {
    const api = writer({ headers: { 'Partial-Write': 'true' } })
    api.writeRecord('temperature value=warm')
    api.writePoint(reading(21.5))
    await api.close()
    expect(await stored()).toHaveLength(1)
  })

  test('is told that its token is not valid', async () => {
    const api = writer({ token: `${mine.key}x` })
    api.writePoint(reading(21.5))
    await expect(api.close()).rejects.toMatchObject({ statusCode: 401, code: 'unauthenticated' })
  })
})

describe('[BMS-2] influx', () => {
  const client = (password = mine.key) => {
    const { hostname: host, port } = new URL(installation.baseUrl)
    return new InfluxDB1({ host, port: Number(port), username: 'any', password, database: building, pool: { maxRetries: 0 } })
  }

  test('writes points unchanged', async () => {
    await client().writePoints(
      [
        {
          measurement: 'temperature',
          tags: { unit: 'degC', sensor: 'north wall' },
          fields: { value: 21.5 },
          timestamp: new Date(morning),
        },
        { measurement: 'power', tags: { unit: 'kW' }, fields: { value: 3 }, timestamp: new Date(morning) },
      ],
      { precision: 'ms' },
    )
    expect(await stored()).toEqual([
      '2026-01-01T08:00:00.125Z,power,kW,,3',
      '2026-01-01T08:00:00.125Z,temperature,degC,north wall,21.5',
    ])
  })

  test('shows the code, the line and what to do', async () => {
    const writing = client().writePoints([{ measurement: 'status', fields: { value: 'open' } }])
    await expect(writing).rejects.toThrow(
      /400.*"error":"invalid_line: 1 line could not be read\. Line 1: The field `value` is a text/,
    )
  })

  test('finds the server by its ping', async () => {
    expect(await client().ping(2_000)).toMatchObject([{ online: true, version: 'tenantry' }])
  })
})
