import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { newTenant, openShop, type Shop } from '../resources/shop.test-support.ts'
import { compactPoints } from './compact-points.ts'
import { farmPoints as farm, farmTables } from './farm.test-support.ts'
import type { Point } from './point-store.ts'
import type { PointRow } from './read-points.ts'
import { storedPoints } from './stored-points.ts'
import { timeText } from './time-text.ts'
import { writePoints } from './write-points.ts'

const second = 1_000_000
const start = Date.UTC(2026, 0, 1) * 1_000
const end = start + 86_400 * second

let shop: Shop
let mine: TenantScope
let field: string
let ids: readonly string[]
/** What counts, by series and time: `<series> <time> <value>`. */
let counting: readonly string[]

beforeAll(async () => {
  shop = await openShop(farmTables)
  mine = await newTenant(shop.isolation, 'farm', { probes: 100 })
  field = (await mine.first(sql<{ id: string }>`insert into farm.fields default values returning id`))?.id ?? ''
  // Of the nine, one has nearly all of the points, most of them within an hour; times come twice in a row and in several.
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  const model = new Map<string, number>()
  const send = async (count: number) => {
    const lot = Array.from({ length: count }, (): Point => {
      const name = random(10) < 8 ? '4' : String(random(9))
      const time = start + (random(4) > 0 ? 40_000 + random(3_600) : random(86_400)) * second
      return { pointType: 'power', unit: 'kW', name, time, value: random(1_000) / 8 }
    })
    for (const { name, time, value } of lot) model.set(`${name} ${time}`, value)
    await writePoints(mine, farm, field, lot)
  }
  for (let n = 0; n < 12; n++) await send(200)
  await mine.run(
    sql`insert into farm.point_days (field_id, day, loose_rows, due_at) values (${field}, '2026-01-01', 12, tenantry.clock())`,
  )
  await compactPoints(mine, farm, { all: true })
  await send(400)
  await send(60)
  const series = await mine.run(sql<{ id: string; name: string }>`select id, name from farm.probes order by id`)
  ids = series.map(({ id }) => id)
  counting = series.flatMap(({ id, name }) =>
    [...model]
      .filter(([key]) => key.startsWith(`${name} `))
      .map(([key, value]) => [id, Number(key.slice(2)), value] as const)
      .sort(([, a], [, b]) => a - b)
      .map(([, time, value]) => `${id} ${timeText(time)} ${value}`),
  )
})
afterAll(() => shop?.close())

const asked = (more: { readonly start?: number; readonly end?: number } = {}) => ({ parentId: field, ids, start, end, ...more })
const shown = ({ seriesId, time, value }: PointRow) => `${seriesId} ${time} ${value}`

test.each([
  ['all in one piece', undefined],
  ['a few series at a time', { first: 1_500, most: 1_500 }],
  ['a stretch of one series at a time', { first: 90, most: 90 }],
  ['more each time', { first: 1, most: 400 }],
])('points come by series and time, each once, %s', async (_, room) => {
  expect(counting.length).toBeGreaterThan(2_000)
  expect((await Array.fromAsync(storedPoints(mine, farm, asked(), room))).map(shown)).toEqual(counting)
})

test('a span holds its start and not its end, wherever pieces are cut', async () => {
  const span = { start: start + 40_100 * second, end: start + 41_900 * second }
  const inside = counting.filter((row) => {
    const time = row.split(' ')[1] ?? ''
    return time >= timeText(span.start) && time < timeText(span.end)
  })
  expect((await Array.fromAsync(storedPoints(mine, farm, asked(span), { first: 50, most: 50 }))).map(shown)).toEqual(inside)
})

test('all pieces are of one moment, whatever is stored while they are read', async () => {
  const seen: string[] = []
  for await (const row of storedPoints(mine, farm, asked(), { first: 400, most: 400 })) {
    if (seen.push(shown(row)) !== 1) continue
    const later = ids.map((_, n): Point => ({ pointType: 'power', unit: 'kW', name: String(n), time: end - second, value: -1 }))
    await writePoints(mine, farm, field, later)
  }
  expect(seen).toEqual(counting)
})

test('no series, no points', async () => {
  expect(await Array.fromAsync(storedPoints(mine, farm, { ...asked(), ids: [] }))).toEqual([])
})
