import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'tenantry'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install, onInflux } from '../bms.test-support.ts'
import { follow as followAt, type LiveReader } from './live.test-support.ts'

let installation: Installation
let mine: Client
let theirs: Client
const readers: LiveReader[] = []

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
  theirs = await installation.customer()
})
afterEach(() => {
  for (const reader of readers.splice(0)) reader.leave()
})
afterAll(() => installation?.close())

const newBuilding = async (client = mine): Promise<string> =>
  (await client.post('/v1/bms/buildings', { name: 'Followed', timeZone: 'Europe/London' })).body.id

const pointNow = (value: number) => ({ time: new Date().toISOString(), pointType: 'power', unit: 'kW', sensor: 'Main', value })
const store = (building: string, values: readonly number[], client = mine) =>
  client.post(`/v1/bms/buildings/${building}/points`, { points: values.map(pointNow) })

async function follow(client: Client, building: string, headers?: Record<string, string>): Promise<LiveReader> {
  const reader = await followAt(installation.baseUrl, client, building, headers)
  readers.push(reader)
  return reader
}

/** Where the database notes what has just arrived. */
const arrived = () => (onInflux() ? sql`bms.point_arrivals` : sql`bms.points`)

const heard = (reader: LiveReader, values: readonly number[], timeout = 3_000) =>
  expect.poll(() => reader.values(), { timeout, interval: 20 }).toEqual(values)

test('a point is told to whoever follows its building, within a second, as the data names it', async () => {
  const building = await newBuilding()
  const reader = await follow(mine, building)
  expect(reader.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
  await expect.poll(() => reader.text()).toContain('retry: 2000')
  await store(building, [21.5])
  await heard(reader, [21.5], 1_000)
  expect(reader.events()).toEqual([
    {
      id: expect.stringMatching(/^\d{16}$/),
      event: 'points',
      data: {
        series: [
          {
            sensorId: expect.any(String),
            pointType: 'power',
            unit: 'kW',
            sensor: 'Main',
            points: [{ time: expect.any(String), value: 21.5 }],
          },
        ],
      },
    },
  ])
})

test('forty points stored by eight writers at once come to each of three readers once', async () => {
  const building = await newBuilding()
  const all = await Promise.all([follow(mine, building), follow(mine, building), follow(mine, building)])
  const values = Array.from({ length: 40 }, (_, n) => n)
  await Promise.all(
    [0, 1, 2, 3, 4, 5, 6, 7].map(async (writer) => {
      for (let n = writer; n < 40; n += 8) await store(building, [n])
    }),
  )
  for (const reader of all) {
    await expect.poll(() => reader.values().length, { timeout: 3_000 }).toBe(40)
    expect(reader.values().toSorted((a, b) => a - b)).toEqual(values)
  }
  await sleep(600)
  expect(all.map((reader) => reader.values().length)).toEqual([40, 40, 40])
})

test('what was stored between reading the data and following is told too', async () => {
  const building = await newBuilding()
  await store(building, [1])
  await heard(await follow(mine, building), [1])
})

test('what was received long before it was committed is told all the same, once', async () => {
  const building = await newBuilding()
  await store(building, [1])
  const scope = installation.tenantry.scope({ tenantId: mine.tenantId, actor: { kind: 'system', id: mine.tenantId } })
  const late = async (seconds: number) => {
    const elsewhere = await newBuilding()
    await store(elsewhere, [seconds])
    await scope.run(sql`insert into ${arrived()} (id, building_id, received_at, first_at, last_at, count, series, block)
      select tenantry.uuid7(), here.building_id, tenantry.clock() - make_interval(secs => ${seconds}::int), late.first_at, late.last_at,
        late.count, here.series, late.block
      from ${arrived()} here, ${arrived()} late
      where here.building_id = ${building}::uuid and late.building_id = ${elsewhere}::uuid limit 1`)
  }
  await late(40)
  const reader = await follow(mine, building)
  await heard(reader, [1])
  await late(30)
  await heard(reader, [1, 30])
  await late(20)
  await store(building, [2])
  await expect.poll(() => reader.values().toSorted(), { timeout: 3_000 }).toEqual([1, 2, 20, 30])
  await sleep(600)
  expect(reader.values()).toHaveLength(4)
})

test('a reader who was cut off resumes with Last-Event-ID and has missed nothing', async () => {
  const building = await newBuilding()
  const first = await follow(mine, building)
  await store(building, [1])
  await heard(first, [1])
  const id = first.events().at(-1)?.id ?? ''
  first.leave()
  await store(building, [2])
  await store(building, [3])
  const second = await follow(mine, building, { 'last-event-id': id })
  await expect.poll(() => second.values(), { timeout: 3_000 }).toEqual(expect.arrayContaining([2, 3]))
  await store(building, [4])
  await expect.poll(() => second.values().at(-1), { timeout: 3_000 }).toBe(4)
})

test.each([
  ['of an hour ago', () => String((Date.now() - 3_600_000) * 1_000)],
  ['that is none of ours', () => 'yesterday'],
])('a Last-Event-ID %s is told that it missed more than is kept, and goes on live', async (_, id) => {
  const building = await newBuilding()
  const reader = await follow(mine, building, { 'last-event-id': id() })
  await expect.poll(() => reader.events().map(({ event }) => event)).toEqual(['reset'])
  await store(building, [1])
  await heard(reader, [1])
})

test('a lot of more than a thousand points is told by its span', async () => {
  const building = await newBuilding()
  const reader = await follow(mine, building)
  const start = Date.parse('2026-01-01T00:00:00Z')
  const points = Array.from({ length: 1_500 }, (_, n) => ({ ...pointNow(n), time: new Date(start + n * 60_000).toISOString() }))
  await mine.post(`/v1/bms/buildings/${building}/points`, { points })
  await expect
    .poll(() => reader.events(), { timeout: 3_000 })
    .toEqual([
      {
        id: expect.any(String),
        event: 'stored',
        data: { firstAt: '2026-01-01T00:00:00.000Z', lastAt: '2026-01-02T00:59:00.000Z', count: 1_500 },
      },
    ])
})

test("[BMS-4] only the building asked for is told of, never another of the tenant, never another tenant's", async () => {
  const [building, other, foreign] = [await newBuilding(), await newBuilding(), await newBuilding(theirs)]
  const [reader, neighbour] = [await follow(mine, building), await follow(theirs, foreign)]
  await store(other, [1])
  await store(foreign, [2], theirs)
  await store(building, [3])
  await heard(reader, [3])
  await heard(neighbour, [2])
})

test("[BMS-4] a limited key follows its buildings; another is 403 naming it, another tenant's is 404 as if there were none", async () => {
  const [granted, other, foreign] = [await newBuilding(), await newBuilding(), await newBuilding(theirs)]
  const limited = await installation.key(mine, { buildings: [granted] })
  const reader = await follow(limited, granted)
  await store(granted, [5])
  await heard(reader, [5])
  for (const path of ['live', 'data?start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z&points=10', 'series']) {
    expect(await limited.get(`/v1/bms/buildings/${other}/${path}`)).toMatchObject({
      status: 403,
      body: { code: 'building_not_granted', buildingId: other },
    })
    const absent = '018f0000-0000-7000-8000-000000000bad'
    const answers = await Promise.all([foreign, absent].map((id) => limited.get(`/v1/bms/buildings/${id}/${path}`)))
    expect(answers.map(({ status }) => status)).toEqual([404, 404])
    expect(answers[0]?.text).toBe(answers[1]?.text)
  }
})

test('[BMS-4] the database says the same: in the scope of a limited key no statement reaches another building', async () => {
  const [granted, other] = [await newBuilding(), await newBuilding()]
  await store(granted, [1])
  await store(other, [2])
  const limited = await installation.key(mine, { buildings: [granted] })
  const { items } = (await mine.get('/v1/keys?limit=200')).body
  const id = items.find(({ publicId }: { publicId: string }) => limited.key.includes(publicId))?.id
  const actor = { kind: 'key', id } as const
  const scope = installation.tenantry.scope({ tenantId: mine.tenantId, actor, reach: 'granted' })
  for (const table of [arrived(), sql`bms.sensors`]) {
    expect(await scope.run(sql`select distinct building_id from ${table}`)).toEqual([{ buildingId: granted }])
    expect(await scope.run(sql`delete from ${table} where building_id = ${other}::uuid returning id`)).toEqual([])
  }
  await expect(scope.run(sql`insert into bms.sensors (building_id, point_type) values (${other}::uuid, 'co2')`)).rejects.toThrow()
  const nobody = installation.tenantry.scope({
    tenantId: mine.tenantId,
    actor: { ...actor, id: mine.tenantId },
    reach: 'granted',
  })
  expect(await nobody.run(sql`select id from bms.points`)).toEqual([])
})

test('a stream ends with its building, with its grant, and with its key', async () => {
  const [deleted, withdrawn, building] = [await newBuilding(), await newBuilding(), await newBuilding()]
  const limited = await installation.key(mine, { buildings: [withdrawn] })
  const revoked = await installation.key(mine, {})
  const all = [await follow(mine, deleted), await follow(limited, withdrawn), await follow(revoked, building)]
  const staying = await follow(mine, building)
  await sleep(300)
  expect(all.map((reader) => reader.isOver())).toEqual([false, false, false])
  await mine.send('DELETE', `/v1/bms/buildings/${deleted}`)
  const scope = installation.tenantry.scope({ tenantId: mine.tenantId, actor: { kind: 'system', id: mine.tenantId } })
  await scope.run(sql`delete from tenantry.grants where object_id = ${withdrawn}::uuid`)
  const { items } = (await mine.get('/v1/keys?limit=200')).body
  const key = items.find(({ publicId }: { publicId: string }) => revoked.key.includes(publicId))
  await mine.send('DELETE', `/v1/keys/${key.id}`)
  await expect.poll(() => all.map((reader) => reader.isOver()), { timeout: 2_000 }).toEqual([true, true, true])
  expect(staying.isOver()).toBe(false)
})

test('[BMS-10] following is in the access log when it begins, and so is one that was refused', async () => {
  const [granted, other] = [await newBuilding(), await newBuilding()]
  const limited = await installation.key(mine, { buildings: [granted] })
  await follow(limited, granted)
  await limited.get(`/v1/bms/buildings/${other}/live`)
  const scope = installation.tenantry.scope({ tenantId: mine.tenantId, actor: { kind: 'system', id: mine.tenantId } })
  const logged = () =>
    scope.run(sql`select actor_kind, action, object_id from tenantry.access_log
      where object_id in (${granted}::uuid, ${other}::uuid) order by action`)
  const follows = { actorKind: 'key', action: 'building.follow', objectId: granted }
  const refused = { actorKind: 'key', action: 'building.follow.refused', objectId: other }
  await expect.poll(logged).toEqual(expect.arrayContaining([follows, refused]))
})

test('a tenant has fifty streams at a time, and another tenant is none the worse', async () => {
  const [client, building] = [theirs, await newBuilding(theirs)]
  const all = await Promise.all(Array.from({ length: 50 }, () => follow(client, building)))
  await expect.poll(() => all.every((reader) => reader.text() !== '')).toBe(true)
  expect(await client.get(`/v1/bms/buildings/${building}/live`)).toMatchObject({
    status: 429,
    body: { code: 'quota_exceeded', limit: 'live_streams', max: 50, used: 50 },
  })
  expect((await follow(mine, await newBuilding())).status).toBe(200)
  all[0]?.leave()
  await expect.poll(async () => (await follow(client, building)).status).toBe(200)
})
