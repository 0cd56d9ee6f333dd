import { Client as Database } from 'pg'
import { sql, type TenantScope } from 'tenantry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install } from './bms.test-support.ts'

let installation: Installation
let mine: Client
let yours: Client
let operator: string

beforeAll(async () => {
  installation = await install()
  ;[mine, yours] = [await installation.customer(), await installation.customer()]
  const { operators } = installation.tenantry.services
  const { id } = await operators.create({ email: 'olivia@example.com', name: 'Olivia' })
  operator = (await operators.createKey(id)).credential
})
afterAll(() => installation?.close())

/** `fetch` sends no `Host` of one's choice. */
const asOperator = async (url: string) => {
  const headers = { host: 'dashboard.localhost', authorization: `Bearer ${operator}` }
  const response = await installation.tenantry.app.inject({ url, headers })
  expect(response.statusCode).toBe(200)
  return response.json()
}

async function building(client: Client, name: string, points: number) {
  const { body } = await client.post('/v1/bms/buildings', { name })
  const batch = Array.from({ length: points }, (_, index) => ({
    time: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString(),
    pointType: 'temperature',
    unit: 'degC',
    value: 20 + (index % 5),
  }))
  expect((await client.post(`/v1/bms/buildings/${body.id}/points`, { points: batch })).status).toBe(200)
}

const inside = ({ tenantId }: Client, statement: Parameters<TenantScope['run']>[0]) =>
  installation.tenantry.scope({ tenantId, actor: { kind: 'system', id: tenantId } }).run(statement)

async function member(client: Client, daysAgo: number) {
  const id = crypto.randomUUID()
  await inside(
    client,
    sql`insert into tenantry.members (user_id, email, name, role, last_active_at)
      values (${id}, ${`${id}@example.com`}, 'Ada', 'viewer', tenantry.clock() - make_interval(days => ${daysAgo}::int))`,
  )
}

/** The same figures from the rows themselves, past every wall: as the one role that has none. */
async function figures() {
  const database = new Database({ connectionString: installation.database.superuserUrl })
  await database.connect()
  try {
    const { rows } = await database.query(`select
      (select count(*)::int from tenantry.tenants where status = 'active') as tenants,
      (select count(*)::int from bms.buildings) as buildings,
      (select count(*)::int from bms.sensors) as sensors,
      (select sum(count)::int from bms.points) as points,
      (select count(*)::int from tenantry.members) as members,
      (select count(distinct user_id)::int from tenantry.members) as people,
      (select count(*)::int from tenantry.members where last_active_at >= date_trunc('day', now(), 'UTC')) as active`)
    return rows[0]
  } finally {
    await database.end()
  }
}

test('[BMS-9] the overview counts tenants, buildings, stored points and users active today as they are in the database', async () => {
  await building(mine, 'Harbour House', 30)
  await building(mine, 'Mill Lane', 5)
  await building(yours, 'Dock Street', 12)
  await member(mine, 0)
  await member(yours, 2)
  const before = await figures()
  expect(before).toMatchObject({ tenants: 2, buildings: 3, points: 47, members: 2, active: 1 })

  const overview = await asOperator('/v1/operations/overview?olderThan=0')
  expect(overview).toMatchObject({
    tenants: { active: before.tenants },
    memberships: before.members,
    people: before.people,
    uncounted: 0,
    systems: [
      {
        system: 'bms',
        tenants: before.tenants,
        numbers: {
          buildings: before.buildings,
          sensors: before.sensors,
          points: before.points,
          members: before.members,
          activeToday: before.active,
        },
      },
    ],
  })
  expect(Date.now() - Date.parse(overview.countedAt)).toBeLessThan(60_000)
})

test('[BMS-9] what was counted is told with its time, and counted again when somebody asks for newer numbers', async () => {
  const first = await asOperator('/v1/operations/overview')
  await building(yours, 'Quay West', 1)
  const kept = await asOperator('/v1/operations/overview')
  expect([kept.countedAt, kept.systems]).toEqual([first.countedAt, first.systems])
  const fresh = await asOperator('/v1/operations/overview?olderThan=0')
  expect(fresh.systems[0].numbers.buildings).toBe(first.systems[0].numbers.buildings + 1)
  expect(fresh.countedAt > first.countedAt).toBe(true)
})

test('[BMS-9] companies are listed with buildings, domain and status', async () => {
  const { items } = await asOperator('/v1/tenants/stats')
  const row = items.find(({ id }: { id: string }) => id === mine.tenantId)
  expect(row).toMatchObject({ status: 'active', domain: null, numbers: { buildings: 2, points: 35 } })
  await inside(mine, sql`update tenantry.hosts set is_primary = false`)
  await inside(mine, sql`insert into tenantry.hosts (host, kind, is_primary) values ('cloud.client.example', 'custom', true)`)
  const again = (await asOperator('/v1/tenants/stats')).items.find(({ id }: { id: string }) => id === mine.tenantId)
  expect(again.domain).toBe('cloud.client.example')
})
