import { sql } from 'tenantry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install } from '../bms.test-support.ts'

let installation: Installation
let mine: Client
let theirs: Client

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
  theirs = await installation.customer()
})
afterAll(() => installation?.close())

async function newBuilding(client: Client, timeZone: string, value: number): Promise<string> {
  const { body } = await client.post('/v1/bms/buildings', { name: 'Compared', timeZone })
  const points = [{ time: '2026-03-28T12:00:00Z', pointType: 'power', unit: 'kW', value }]
  await client.post(`/v1/bms/buildings/${body.id}/points`, { points })
  return body.id
}

const span = 'start=2026-03-27T00:00:00Z&end=2026-03-30T00:00:00Z'
const compare = (ids: readonly string[], query = span, client = mine) =>
  client.get(`/v1/bms/data?building_id=${ids.join(',')}&${query}`)

async function logged(ids: readonly string[]): Promise<string[]> {
  const scope = installation.tenantry.scope({ tenantId: mine.tenantId, actor: { kind: 'system', id: mine.tenantId } })
  const rows = await scope.run(sql<{ objectId: string; action: string }>`
    select object_id, action from tenantry.access_log where object_id = any(${ids}::uuid[])`)
  return rows.map(({ objectId, action }) => `${ids.indexOf(objectId)} ${action}`).toSorted()
}

test("[BMS-3] several buildings come in one answer, in the order asked for, days by each building's own calendar", async () => {
  const [london, tokyo] = [await newBuilding(mine, 'Europe/London', 1), await newBuilding(mine, 'Asia/Tokyo', 2)]
  const { status, body } = await compare([tokyo, london], `${span}&window=1d&aggregate=sum`)
  expect(status).toBe(200)
  expect(body.buildings).toMatchObject([
    { buildingId: tokyo, timeZone: 'Asia/Tokyo', series: [{ points: [{ time: '2026-03-27T15:00:00.000Z', sum: 2 }] }] },
    { buildingId: london, timeZone: 'Europe/London', series: [{ points: [{ time: '2026-03-28T00:00:00.000Z', sum: 1 }] }] },
  ])
  const one = await mine.get(`/v1/bms/buildings/${london}/data?${span}&points=100`)
  expect((await compare([london], `${span}&points=100`)).body).toEqual({ buildings: [one.body] })
})

test('[BMS-4] one that is out of reach refuses the whole: 403 naming it; one of another tenant is 404 as if there were none', async () => {
  const [granted, other] = [await newBuilding(mine, 'UTC', 1), await newBuilding(mine, 'UTC', 2)]
  const foreign = await newBuilding(theirs, 'UTC', 3)
  const limited = await installation.key(mine, { buildings: [granted] })
  expect(await compare([granted], span, limited)).toMatchObject({ status: 200 })
  expect(await compare([granted, other], span, limited)).toMatchObject({
    status: 403,
    body: { code: 'building_not_granted', buildingId: other },
  })
  const answers = await Promise.all([foreign, '018f0000-0000-7000-8000-000000000bad'].map((id) => compare([granted, id])))
  expect(answers.map(({ status }) => status)).toEqual([404, 404])
  expect(answers[0]?.text).toBe(answers[1]?.text)
})

test('[BMS-10] each building is in the access log: what was read, and what was refused', async () => {
  const [granted, other] = [await newBuilding(mine, 'UTC', 1), await newBuilding(mine, 'UTC', 2)]
  const limited = await installation.key(mine, { buildings: [granted] })
  await compare([granted, other])
  expect(await logged([granted, other])).toEqual(['0 building.read', '1 building.read'])
  await compare([granted, other], span, limited)
  expect(await logged([granted, other])).toEqual([
    '0 building.read',
    '0 building.read',
    '1 building.read',
    '1 building.read.refused',
  ])
})

test.each([
  ['no building', ''],
  ['something that is no id', 'building_id=a&'],
  ['eleven buildings', `building_id=${Array.from({ length: 11 }, (_, n) => `018f0000-0000-7000-8000-0000000000${10 + n}`)}&`],
])('%s is refused', async (_, query) => {
  expect(await mine.get(`/v1/bms/data?${query}${span}`)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
})
