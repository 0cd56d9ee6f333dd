import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { newTenant, openShop, runAsOwner, type Shop } from '../resources/shop.test-support.ts'
import { compactPoints } from './compact-points.ts'
import { farmPoints, farmTables } from './farm.test-support.ts'
import { parseInstant } from './instant.ts'
import { readPoints, readWindows } from './read-points.ts'
import { rollUpPoints } from './roll-up.ts'
import { parseWindow, type Window } from './window.ts'

const packs = farmTables.split('\n').filter((line) => line.includes('tenantry.pack_points'))
let shop: Shop
let tenants: readonly TenantScope[]

beforeAll(async () => {
  shop = await openShop(
    farmTables
      .split('\n')
      .filter((line) => !packs.includes(line))
      .join('\n'),
  )
  tenants = [await newTenant(shop.isolation, 'farm', { probes: 10 }), await newTenant(shop.isolation, 'farm', { probes: 10 })]
})
afterAll(() => shop?.close())

const at = (text: string) => parseInstant(text) ?? Number.NaN
const query = {
  start: at('2026-01-01T00:00:00Z'),
  end: at('2026-01-02T00:00:00Z'),
  window: parseWindow('1h') as Window,
  aggregates: ['count', 'sum', 'last'] as const,
}

/** As they were stored before: two series, out of order, and a second row that sends one of their times again. */
async function storeArrays(scope: TenantScope, first: number): Promise<string> {
  const field = await scope.first(sql<{ id: string }>`insert into farm.fields default values returning id`)
  const id = field?.id ?? ''
  for (const [row, values] of [
    [1, [first, 2, 3]],
    [2, [7, 8, 9]],
  ] as const) {
    await scope.run(sql`with named as (
        insert into farm.probes (field_id, point_type, unit, name) select ${id}::uuid, 'co2', 'ppm', name from unnest(array['a', 'b']) name
        on conflict (tenant_id, field_id, point_type, unit, name) do update set unit = excluded.unit returning id, name
      )
      insert into farm.points (id, field_id, first_at, last_at, series, slots, times, "values")
      select tenantry.uuid7(), ${id}::uuid, '2026-01-01T00:00:00Z', '2026-01-01T05:30:00Z', (select array_agg(id order by name) from named),
        '{2,1,2}', array['2026-01-01T05:30:00Z', ${`2026-01-01T0${row}:00:00Z`}, '2026-01-01T00:00:00.000001Z']::timestamptz[], ${values}::float8[]`)
  }
  return id
}

test('points that lie in arrays are kept to the last, of every tenant, and their rollups are made anew', async () => {
  const fields = await Promise.all(tenants.map((scope, place) => storeArrays(scope, place)))
  await runAsOwner(shop.database, packs.join('\n'))
  for (const [place, scope] of tenants.entries()) {
    const field = fields[place] as string
    const windows = async () => [
      ...(await readWindows(scope, farmPoints, field, { ...query, aggregates: [...query.aggregates] })).windows,
    ]
    const told = (each: Awaited<ReturnType<typeof windows>>) => each.map(({ time, count, sum, last }) => [time, count, sum, last])
    const expected = [
      ['2026-01-01T01:00:00.000Z', 1, 2, 2],
      ['2026-01-01T02:00:00.000Z', 1, 8, 8],
      ['2026-01-01T00:00:00.000Z', 1, 9, 9],
      ['2026-01-01T05:00:00.000Z', 1, 7, 7],
    ]
    expect(told(await windows())).toEqual(expected)
    while ((await rollUpPoints(scope, farmPoints, { all: true })) > 0);
    expect(await scope.first(sql`select count(*) as days from farm.point_rollups`)).toEqual({ days: 2 })
    expect(told(await windows())).toEqual(expected)
    while ((await compactPoints(scope, farmPoints, { all: true })) > 0);
    const { points } = await readPoints(scope, farmPoints, field, query)
    expect((await Array.fromAsync(points, ({ value }) => value)).sort()).toEqual([2, 7, 8, 9])
  }
})
