import { sql } from 'tenantry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install } from './bms.test-support.ts'

let installation: Installation
let mine: Client
let building: string

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
  building = (await mine.post('/v1/bms/buildings', { name: 'Harbour House' })).body.id
})
afterAll(() => installation?.close())

test('a sensor is made in a building, once of each kind, unit and name', async () => {
  const sensor = { buildingId: building, pointType: 'co2', unit: 'ppm', name: 'Room 1' }
  expect(await mine.post('/v1/bms/sensors', sensor)).toMatchObject({ status: 201, body: { ...sensor, version: 1 } })
  expect(await mine.post('/v1/bms/sensors', sensor)).toMatchObject({ status: 409, body: { code: 'conflict' } })
})

test('points meet the sensor that is there, and make the one that is not', async () => {
  const { body: made } = await mine.post('/v1/bms/sensors', { buildingId: building, pointType: 'power', unit: 'kW' })
  const point = { time: '2026-01-01T00:00:00Z', pointType: 'power', unit: 'kW', value: 1 }
  await mine.post(`/v1/bms/buildings/${building}/points`, { points: [point, { ...point, sensor: 'Lift' }] })
  const { body } = await mine.get(`/v1/bms/sensors?buildingId=${building}&pointType=power`)
  expect(body.items).toMatchObject([{ id: made.id, name: '' }, { name: 'Lift' }])
})

test('a sensor that points made is told to the outbox once, like one that somebody created', async () => {
  const { body: house } = await mine.post('/v1/bms/buildings', { name: 'Told' })
  const points = [{ time: '2026-01-01T00:00:00Z', pointType: 'co2', unit: 'ppm', value: 1 }]
  for (let n = 0; n < 2; n++) await mine.post(`/v1/bms/buildings/${house.id}/points`, { points })
  const { body } = await mine.get(`/v1/bms/sensors?buildingId=${house.id}`)
  const scope = installation.tenantry.scope({ tenantId: mine.tenantId, actor: { kind: 'system', id: mine.tenantId } })
  const events = await scope.run(sql`select type, data from tenantry.events where object_id = ${body.items[0].id}`)
  const data = { id: body.items[0].id, buildingId: house.id, pointType: 'co2', unit: 'ppm', name: '' }
  expect(events).toEqual([{ type: 'bms.sensor.created', data }])
})

test('its name may change, what it measures and where may not', async () => {
  const { body } = await mine.post('/v1/bms/sensors', { buildingId: building, pointType: 'humidity' })
  const change = (fields: object) =>
    mine.send('PATCH', `/v1/bms/sensors/${body.id}`, { body: fields, headers: { 'if-match': '"v1"' } })
  expect(await change({ pointType: 'co2' })).toMatchObject({ status: 400 })
  expect(await change({ name: 'Cellar' })).toMatchObject({ status: 200, body: { name: 'Cellar', version: 2 } })
  expect((await mine.get('/v1/bms/sensors?search=cell')).body.items).toMatchObject([{ name: 'Cellar' }])
})

test("[CRM-2] a query that forgets the tenant sees the tenant's own and nobody else's", async () => {
  const theirs = await installation.customer()
  await theirs.post('/v1/bms/buildings', { name: 'Elsewhere' })
  const scope = installation.tenantry.scope({ tenantId: theirs.tenantId, actor: { kind: 'system', id: theirs.tenantId } })
  expect(await scope.run(sql`select name from bms.buildings`)).toEqual([{ name: 'Elsewhere' }])
  expect(await scope.run(sql`update bms.buildings set name = 'Taken' returning id`)).toHaveLength(1)
  expect((await mine.get(`/v1/bms/buildings/${building}`)).body.name).toBe('Harbour House')
})
