import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Client, type Installation, install } from '../bms.test-support.ts'

let installation: Installation
let mine: Client
let building: string
let superuser: pg.Client

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
  building = (await mine.post('/v1/bms/buildings', { name: 'Harbour House', timeZone: 'Europe/London' })).body.id
  const points = [0, 1, 2, 3].map((n) => ({ time: `2026-03-28T0${n}:00:00Z`, pointType: 'power', unit: 'kW', value: n }))
  await mine.post(`/v1/bms/buildings/${building}/points`, { points })
  superuser = new pg.Client({ connectionString: installation.database.superuserUrl })
  await superuser.connect()
})
afterAll(async () => {
  await superuser?.end()
  await installation?.close()
})

const day = 'start=2026-03-28T00:00:00Z&end=2026-03-29T00:00:00Z'
const week = 'start=2026-03-28T00:00:00Z&end=2026-04-04T00:00:00Z'

/** Who asks one thing after the other needs one connection in the process, so a second one is the thread's. */
async function slowConnections(): Promise<number> {
  const { rows } = await superuser.query(
    `select count(*)::int as count from pg_stat_activity where datname = current_database() and application_name = 'tenantry slow'`,
  )
  return rows[0].count
}

test('[BMS-3] what is long is read in the thread: the same points, and the same refusals', async () => {
  const data = (from: Client, query: string, of = building) => from.get(`/v1/bms/buildings/${of}/data?${query}`)
  const here = (await data(mine, day)).body
  await vi.waitFor(async () => {
    await data(mine, week)
    expect(await slowConnections()).toBe(2)
  }, 15_000)
  expect((await data(mine, week)).body).toEqual({ ...here, end: '2026-04-04T00:00:00Z' })
  expect((await data(mine, `${week}&format=csv`)).text.split('\r\n')).toHaveLength(6)

  const limited = await installation.key(mine, {
    buildings: [(await mine.post('/v1/bms/buildings', { name: 'Another' })).body.id],
  })
  expect(await data(limited, week)).toMatchObject({ status: 403, body: { code: 'building_not_granted', buildingId: building } })
  const stranger = await installation.customer()
  expect(await data(stranger, week)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await data(mine, `${week}&window=1m&points=5`)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
})
