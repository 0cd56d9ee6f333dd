import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { newTenant, openShop, type Shop } from '../resources/shop.test-support.ts'
import { compactPoints } from './compact-points.ts'
import { noFigures, readFigures } from './day-figures.ts'
import { farmPoints, farmTables } from './farm.test-support.ts'
import type { Point } from './point-store.ts'
import { readPoints } from './read-points.ts'
import { rollUpPoints } from './roll-up.ts'
import { writePoints } from './write-points.ts'

const minute = 60_000_000
const start = Date.UTC(2026, 0, 1) * 1_000

let shop: Shop
let mine: TenantScope

beforeAll(async () => {
  shop = await openShop(farmTables)
})
afterAll(() => shop?.close())

async function newField(): Promise<string> {
  mine = await newTenant(shop.isolation, 'farm', { probes: 10_000 })
  const row = await mine.first(sql<{ id: string }>`insert into farm.fields (time_zone) values ('UTC') returning id`)
  return row?.id ?? ''
}

const point = (time: number, value: number, name = ''): Point => ({ pointType: 'power', unit: 'kW', name, time, value })

async function raw(field: string): Promise<readonly (readonly [string, string, number])[]> {
  const { points } = await readPoints(mine, farmPoints, field, { start, end: start + 30 * 24 * 60 * minute })
  const rows: [string, string, number][] = []
  for await (const { seriesId, time, value } of points) rows.push([seriesId, time, value])
  return rows
}

const rowsOf = (field: string) =>
  mine.run(sql<{ points: number; series: number }>`
    select count as points, cardinality(series) as series from farm.points where field_id = ${field} order by id`)

/** A minute's point of each of `series`, minute for minute, each minute a row: as a gateway sends them. */
async function measure(field: string, minutes: number, series: number): Promise<void> {
  for (let n = 0; n < minutes; n += 50) {
    await Promise.all(
      Array.from({ length: Math.min(50, minutes - n) }, (_, k) =>
        writePoints(
          mine,
          farmPoints,
          field,
          Array.from({ length: series }, (_, s) => point(start + (n + k) * minute, n + k + s / 8, `${s}`)),
        ),
      ),
    )
  }
}

const roll = async () => {
  while ((await rollUpPoints(mine, farmPoints, { all: true })) > 0);
}
const compact = async () => {
  await roll()
  await compactPoints(mine, farmPoints, { all: true })
}

test('many small rows of a day become few full ones, sorted by series, and say the same', async () => {
  const field = await newField()
  await measure(field, 300, 20)
  const before = await raw(field)
  await compact()
  expect(await raw(field)).toEqual(before)
  expect(await rowsOf(field)).toEqual([
    { points: 5_000, series: 17 },
    { points: 1_000, series: 4 },
  ])
})

test('what was received within the last day, and what is too little to be worth it, stays as it is', async () => {
  const field = await newField()
  await measure(field, 20, 1)
  await roll()
  expect(await compactPoints(mine, farmPoints)).toBe(0)
  await mine.run(sql`update farm.point_days set due_at = tenantry.clock() where field_id = ${field}`)
  await compactPoints(mine, farmPoints)
  expect(await rowsOf(field)).toHaveLength(20)
  // They are looked at again when they are old enough.
  expect(
    await mine.first(sql`select loose_rows, due_at > tenantry.clock() + interval '24 hours' as later from farm.point_days`),
  ).toEqual({
    looseRows: 20,
    later: true,
  })
  const few = await newField()
  await measure(few, 3, 1)
  await compact()
  expect(await rowsOf(few)).toHaveLength(3)
})

test('late points win over a chunk, and a later compaction takes them in', async () => {
  const field = await newField()
  await measure(field, 60, 2)
  await compact()
  await writePoints(mine, farmPoints, field, [point(start, -1, '0'), point(start + 30_000_000, -2, '0')])
  const [first, second] = await raw(field)
  expect([first?.[2], second?.[2]]).toEqual([-1, -2])
  for (let n = 0; n < 8; n++) await writePoints(mine, farmPoints, field, [point(start, -10 - n, '0')])
  const before = await raw(field)
  await compact()
  expect(await rowsOf(field)).toEqual([{ points: 121, series: 2 }])
  expect(await raw(field)).toEqual(before)
  expect(before[0]?.[2]).toBe(-17)
})

test('a row over midnight keeps the part of the day that is not packed', async () => {
  const field = await newField()
  await measure(field, 10, 1)
  const midnight = start + 24 * 60 * minute
  await writePoints(mine, farmPoints, field, [point(midnight - minute, 1, '0'), point(midnight + minute, 2, '0')])
  const before = await raw(field)
  await compact()
  expect(await raw(field)).toEqual(before)
  expect((await rowsOf(field)).map(({ points }) => points).sort()).toEqual([1, 11])
})

test('points of deleted series are left out', async () => {
  const field = await newField()
  await measure(field, 20, 2)
  await mine.run(sql`delete from farm.probes where field_id = ${field} and name = '1'`)
  expect(await mine.run(sql`select 1 from farm.point_rollups where field_id = ${field}`)).toEqual([])
  await compact()
  expect(await rowsOf(field)).toEqual([{ points: 20, series: 1 }])
})

test('a process that is killed while it rolls up and compacts loses and doubles nothing', async () => {
  const field = await newField()
  await measure(field, 400, 25)
  const before = await raw(field)
  let died = 0
  for (let attempt = 0; attempt < 8; attempt++) {
    const child = fork(new URL('./upkeep.test-support.ts', import.meta.url), {
      env: { ...process.env, DATABASE_URL: shop.database.appUrl, TENANT_ID: mine.context.tenantId },
    })
    let done = false
    child.on('message', (message) => {
      if (message === 'done') done = true
      if (message === 'begun' && attempt < 7) void sleep(attempt * 60).then(() => child.kill('SIGKILL'))
    })
    await once(child, 'exit')
    if (!done) died += 1
    expect(await raw(field)).toEqual(before)
  }
  expect(died).toBeGreaterThan(0)
  expect((await rowsOf(field)).map(({ points }) => points)).toEqual([5_000, 5_000])
  const days = await mine.run(sql<{ quarters: Buffer }>`select quarters from farm.point_rollups where field_id = ${field}`)
  const figures = days.map(({ quarters }) => readFigures(quarters, noFigures(96)))
  const total = (name: 'counts' | 'sums') => figures.flatMap((each) => [...each[name]]).reduce((sum, each) => sum + each, 0)
  expect([total('counts'), total('sums')]).toEqual([10_000, before.reduce((sum, [, , value]) => sum + value, 0)])
}, 120_000)
