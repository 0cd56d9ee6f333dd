import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Client, type Installation, install } from '../bms.test-support.ts'

let installation: Installation
let mine: Client
let home: string
let office: string

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
})
afterAll(() => installation?.close())
beforeEach(async () => {
  home = await makeBuilding(mine)
  office = await makeBuilding(mine)
})

const makeBuilding = async (of: Client): Promise<string> => (await of.post('/v1/bms/buildings', { name: 'Home' })).body.id
const point = (buildingId: string, value: number, more = {}) => ({
  time: '2026-01-01T00:00:00Z',
  pointType: 'co2',
  buildingId,
  value,
  ...more,
})
const write = (points: unknown[], of = mine, query = '') => of.post(`/v1/bms/points${query}`, { points })

async function stored(id: string): Promise<number> {
  const span = 'start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z&format=csv'
  const { text } = await mine.get(`/v1/bms/buildings/${id}/data?${span}`)
  return text.split('\r\n').slice(1, -1).length
}

test('points of several buildings are stored together, and under a name once', async () => {
  const points = [point(home, 1), point(office, 2), point(home.toUpperCase(), 3, { sensor: 'roof' })]
  expect(await write(points, mine, '?batch=a')).toMatchObject({ status: 200, body: { stored: 3 } })
  expect(await write(points, mine, '?batch=a')).toMatchObject({ status: 200, body: { stored: 0 } })
  expect([await stored(home), await stored(office)]).toEqual([2, 1])
})

test("[BMS-1] another tenant's building refuses all, in the words for one that never was; a tenant is not named", async () => {
  const theirs = await makeBuilding(await installation.customer())
  for (const foreign of [theirs, '018f0000-0000-7000-8000-000000000000']) {
    const answer = await write([point(home, 1), point(foreign, 2)])
    expect(answer).toMatchObject({ status: 404, body: { code: 'building_not_found', building: foreign } })
  }
  expect(await write([point(home, 1, { tenantId: mine.tenantId })])).toMatchObject({ status: 400 })
  expect(await stored(home)).toBe(0)
})

test('[BMS-4] a building that was not granted refuses all, and is named', async () => {
  const limited = await installation.key(mine, { buildings: [home] })
  const answer = await write([point(home, 1), point(office, 2)], limited)
  expect(answer).toMatchObject({ status: 403, body: { code: 'building_not_granted', buildingId: office } })
  expect(await stored(home)).toBe(0)
})
