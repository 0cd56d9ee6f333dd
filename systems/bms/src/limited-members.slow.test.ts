import { randomBytes } from 'node:crypto'
import { sql, type TenantScope } from 'tenantry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, type Client, type Installation, install } from './bms.test-support.ts'
import { programOfMember } from './member.test-support.ts'

let bms: Installation
let owner: Client
let granted: string
let withheld: string
let foreign: string
let token: string
let limited: TenantScope

const span = 'start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z'
const points = [{ time: '2026-01-01T00:15:00Z', pointType: 'co2', value: 400 }]

beforeAll(async () => {
  bms = await install({ masterKeys: [`1:${randomBytes(32).toString('base64')}`] })
  owner = await bms.customer()
  const other = await bms.customer()
  granted = await building(owner, 'Granted')
  withheld = await building(owner, 'Withheld')
  foreign = await building(other, 'Foreign')
  const { memberId, tokens } = await programOfMember(bms, owner.tenantId, 'manager', [granted])
  token = tokens.accessToken
  limited = bms.tenantry.scope({ tenantId: owner.tenantId, actor: { kind: 'member', id: memberId }, reach: 'granted' })
  // What the background makes of points, at once.
  const whole = bms.tenantry.scope({ tenantId: owner.tenantId, actor: { kind: 'system', id: owner.tenantId } })
  await whole.batch([
    sql`insert into bms.point_rollups (series_id, day, building_id, hours, quarters)
      select id, '2025-06-01', building_id, '', '' from bms.sensors`,
    sql`insert into bms.point_days (building_id, day, loose_rows) select id, '2025-06-01', 1 from bms.buildings`,
  ])
})
afterAll(() => bms?.close())

async function building(of: Client, name: string): Promise<string> {
  const { body } = await of.post('/v1/bms/buildings', { name })
  expect((await of.post(`/v1/bms/buildings/${body.id}/points`, { points })).status).toBe(200)
  return body.id
}

async function ask(method: string, path: string, body?: unknown): Promise<Pick<Answer, 'status' | 'body'>> {
  const answer = await fetch(new URL(path, bms.baseUrl), {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

const requests: readonly { what: string; method: string; pathOf: (id: string) => string; body?: unknown }[] = [
  { what: 'reads the building', method: 'GET', pathOf: (id) => `/v1/bms/buildings/${id}` },
  { what: 'reads its points', method: 'GET', pathOf: (id) => `/v1/bms/buildings/${id}/data?${span}` },
  { what: 'reads its hours', method: 'GET', pathOf: (id) => `/v1/bms/buildings/${id}/data?${span}&window=1h&aggregate=mean` },
  { what: 'asks what is measured there', method: 'GET', pathOf: (id) => `/v1/bms/buildings/${id}/series` },
  { what: 'stores points', method: 'POST', pathOf: (id) => `/v1/bms/buildings/${id}/points`, body: { points } },
]

test.each(requests)('[BMS-4] a member who was granted one building $what', async ({ method, pathOf, body }) => {
  expect((await ask(method, pathOf(granted), body)).status).toBe(200)
  const refused = await ask(method, pathOf(withheld), body)
  expect([refused.status, refused.body.buildingId ?? refused.body.objectId]).toEqual([403, withheld])
  const absent = '018f0000-0000-7000-8000-000000000000'
  const [theirs, never] = [await ask(method, pathOf(foreign), body), await ask(method, pathOf(absent), body)]
  expect(theirs.status).toBe(404)
  // In the same words as what never was.
  const words = ({ body: said }: { readonly body: { readonly code: string; readonly detail: string } }) =>
    [said.code, said.detail.replaceAll(foreign, absent)].join(': ')
  expect(words(theirs)).toBe(words(never))
})

test('[BMS-4] several buildings at once are refused for the one that was not granted, and nothing is stored', async () => {
  const lots = [granted, withheld].map((buildingId) => ({ ...points[0], time: '2026-01-01T05:00:00Z', buildingId }))
  expect(await ask('POST', '/v1/bms/points', { points: lots })).toMatchObject({ status: 403, body: { buildingId: withheld } })
  const { body } = await ask('GET', `/v1/bms/buildings/${granted}/data?start=2026-01-01T04:00:00Z&end=2026-01-01T06:00:00Z`)
  expect(JSON.stringify(body)).not.toContain('2026-01-01T05:00:00')
})

test('[BMS-4] the database says the same: of all that a building has, a limited member sees and changes that of his own', async () => {
  const tables = ['buildings', 'sensors', 'points', 'point_marks', 'point_rollups', 'point_days'] as const
  for (const table of tables) {
    const column = sql.identifier(table === 'buildings' ? 'id' : 'building_id')
    const rows = await limited.run(sql<{ id: string }>`select distinct ${column} as id from ${sql.identifier('bms', table)}`)
    expect(rows, table).toEqual([{ id: granted }])
    const deleted = await limited.run(
      sql`delete from ${sql.identifier('bms', table)} where ${column} = any(${[withheld, foreign]}::uuid[]) returning 1`,
      { lane: 'write' },
    )
    expect(deleted, table).toEqual([])
  }
  for (const id of [withheld, foreign]) {
    const insert = sql`insert into bms.sensors (building_id, point_type) values (${id}, 'forged')`
    await expect(limited.run(insert, { lane: 'write' })).rejects.toThrow()
  }
  expect(await limited.run(sql<{ id: string }>`select id from bms.buildings`)).toEqual([{ id: granted }])
})
