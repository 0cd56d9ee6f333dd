import pg from 'pg'
import { v7 as uuid7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { newTenant, openShop, type Shop } from '../resources/shop.test-support.ts'
import { onBothStores } from './both-stores.test-support.ts'
import { dropPointsBefore } from './drop-points.ts'
import { farmTables } from './farm.test-support.ts'
import { parseInstant } from './instant.ts'
import { listSeries } from './list-series.ts'
import type { Aggregate } from './point-query.ts'
import type { OpenPointStore, Point } from './point-store.ts'
import { readPoints, readWindows } from './read-points.ts'
import { parseWindow } from './window.ts'
import { writePoints } from './write-points.ts'

onBothStores((place) => {
  let store: OpenPointStore
  let shop: Shop
  let mine: TenantScope
  let theirs: TenantScope
  let field: string

  beforeAll(async () => {
    store = await place.open()
    shop = await openShop(farmTables)
    mine = await newTenant(shop.isolation, 'farm', { probes: 1_000 })
    theirs = await newTenant(shop.isolation, 'farm', { probes: 2 })
  })
  afterAll(() => shop?.close())
  afterAll(() => place.close())
  beforeEach(async () => {
    field = await newField('UTC')
  })

  async function newField(zone: string, scope = mine): Promise<string> {
    const row = await scope.first(sql<{ id: string }>`insert into farm.fields (time_zone) values (${zone}) returning id`)
    return row?.id ?? ''
  }

  const at = (text: string) => parseInstant(text) ?? Number.NaN
  const point = (time: string, value: number, more: Partial<Point> = {}): Point => ({
    pointType: 'temperature',
    unit: 'degC',
    name: '',
    ...more,
    time: at(time),
    value,
  })

  async function raw(start: string, end: string, id = field, scope = mine): Promise<[string, number][]> {
    const { points } = await readPoints(scope, store, id, { start: at(start), end: at(end) })
    const rows: [string, number][] = []
    for await (const { time, value } of points) rows.push([time, value])
    return rows
  }

  async function windows(window: string, start: string, end: string, names: Aggregate[] = ['sum'], id = field) {
    const parsed = parseWindow(window)
    if (!parsed) throw new Error(window)
    const answer = await readWindows(mine, store, id, { start: at(start), end: at(end), window: parsed, aggregates: names })
    return Array.from(answer.windows, ({ seriesId: _, ...rest }) => rest)
  }

  describe('writing', () => {
    test('what was written is read back, to the microsecond, by series and time', async () => {
      await writePoints(mine, store, field, [
        point('2026-01-01T00:00:01.000125Z', 2),
        point('2026-01-01T00:00:00Z', 1),
        point('2026-01-01T00:00:00Z', -4.5e-7, { pointType: 'co2', unit: 'ppm' }),
      ])
      const rows = await raw('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')
      expect(rows).toEqual(
        expect.arrayContaining([
          ['2026-01-01T00:00:00.000Z', 1],
          ['2026-01-01T00:00:01.000125Z', 2],
          ['2026-01-01T00:00:00.000Z', -4.5e-7],
        ]),
      )
      expect(rows).toHaveLength(3)
    })

    test('makes each series once, also when two requests need it at the same moment', async () => {
      await Promise.all(
        Array.from({ length: 12 }, (_, n) => writePoints(mine, store, field, [point(`2026-01-01T00:00:${10 + n}Z`, n)])),
      )
      const { series, firstAt, lastAt } = await listSeries(mine, store, field)
      expect(series).toEqual([{ id: expect.any(String), pointType: 'temperature', unit: 'degC', name: '' }])
      expect([firstAt, lastAt]).toEqual(['2026-01-01T00:00:10.000Z', '2026-01-01T00:00:21.000Z'])
      expect(await raw('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).toHaveLength(12)
    })

    test('of two points of one series and time the one received last counts', async () => {
      await writePoints(mine, store, field, [point('2026-01-01T00:00:00Z', 1), point('2026-01-01T00:00:00Z', 2)])
      expect(await raw('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).toEqual([['2026-01-01T00:00:00.000Z', 2]])
      await writePoints(mine, store, field, [point('2026-01-01T00:00:00Z', 3)])
      expect(await raw('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).toEqual([['2026-01-01T00:00:00.000Z', 3]])
    })

    test('a lot larger than a packed row is stored whole, and sent again under its name not twice', async () => {
      const start = at('2026-01-01T00:00:00Z')
      const many = Array.from(
        { length: 23_000 },
        (_, n): Point => ({ ...point('2026-01-01T00:00:00Z', n), time: start + n * 1_000_000 }),
      )
      expect(await writePoints(mine, store, field, many, { batch: 'one' })).toEqual({ stored: 23_000 })
      expect(await writePoints(mine, store, field, many, { batch: 'one' })).toEqual({ stored: 0 })
      const rows = await mine.first(sql<{ rows: number; points: number }>`
      select count(*)::int as rows, coalesce(sum(count), 0)::int as points from farm.points where field_id = ${field}`)
      expect(rows).toEqual(place.isInflux ? { rows: 0, points: 0 } : { rows: 5, points: 23_000 })
      expect(await windows('1d', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', ['count'])).toEqual([
        { time: '2026-01-01T00:00:00.000Z', count: 23_000 },
      ])
    })

    test('a point more than a day ahead refuses the whole lot', async () => {
      const ahead = new Date(Date.now() + 25 * 3_600_000).toISOString()
      const many = Array.from({ length: 6_000 }, () => point('2026-01-01T00:00:00Z', 1))
      await expect(writePoints(mine, store, field, [...many, point(ahead, 1)])).rejects.toMatchObject({ code: 'invalid_request' })
      expect(await raw('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z')).toEqual([])
    })

    test('NaN and infinity never get in, whatever code sends them', async () => {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        await expect(writePoints(mine, store, field, [point('2026-01-01T00:00:00Z', value)])).rejects.toMatchObject({
          code: 'invalid_request',
        })
      }
    })

    test('stops at the quota of series and stores nothing', async () => {
      const id = await newField('UTC', theirs)
      const three = ['a', 'b', 'c'].map((name) => point('2026-01-01T00:00:00Z', 1, { name }))
      await expect(writePoints(theirs, store, id, three)).rejects.toMatchObject({ code: 'quota_exceeded' })
      expect(await raw('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', id, theirs)).toEqual([])
    })
  })

  describe('whose points', () => {
    test('[CRM-2] another tenant neither writes nor reads them, and is told the same as for nothing', async () => {
      await writePoints(mine, store, field, [point('2026-01-01T00:00:00Z', 1)])
      for (const id of [field, uuid7()]) {
        await expect(writePoints(theirs, store, id, [point('2026-01-01T00:00:00Z', 9)])).rejects.toMatchObject({
          code: 'not_found',
        })
        await expect(raw('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', id, theirs)).rejects.toMatchObject({ code: 'not_found' })
      }
      expect(await raw('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).toHaveLength(1)
      expect(await theirs.run(sql`select id from farm.points`)).toEqual([])
    })

    test('an actor limited to named fields writes and reads those only', async () => {
      const other = await newField('UTC')
      const limited = await shop.limited(mine, [field])
      await writePoints(limited, store, field, [point('2026-01-01T00:00:00Z', 1)])
      expect(await raw('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', field, limited)).toHaveLength(1)
      await expect(writePoints(limited, store, other, [point('2026-01-01T00:00:00Z', 1)])).rejects.toMatchObject({
        code: 'object_not_granted',
      })
      await expect(listSeries(limited, store, other)).rejects.toMatchObject({ code: 'object_not_granted' })
    })

    test('they go with their parent', async () => {
      await writePoints(mine, store, field, [point('2026-01-01T00:00:00Z', 1)])
      await mine.run(sql`delete from farm.fields where id = ${field}`)
      expect(await mine.run(sql`select id from farm.points where field_id = ${field}`)).toEqual([])
      await expect(raw('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).rejects.toMatchObject({ code: 'not_found' })
    })
  })

  describe('windows', () => {
    test('each aggregate is right', async () => {
      const values = [4, 1, 3, 2, 10]
      await writePoints(
        mine,
        store,
        field,
        values.map((value, n) => point(`2026-01-01T00:0${n}:00Z`, value)),
      )
      const all: Aggregate[] = ['min', 'max', 'mean', 'sum', 'count', 'last', 'p95']
      const [only] = await windows('1h', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z', all)
      expect(only).toEqual({
        time: '2026-01-01T00:00:00.000Z',
        min: 1,
        max: 10,
        mean: 4,
        sum: 20,
        count: 5,
        last: 10,
        p95: expect.closeTo(8.8),
      })
    })

    test('a span holds its start and not its end', async () => {
      await writePoints(mine, store, field, [point('2026-01-01T00:00:00Z', 1), point('2026-01-01T01:00:00Z', 2)])
      expect(await raw('2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z')).toEqual([['2026-01-01T00:00:00.000Z', 1]])
      expect(await windows('1h', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z')).toEqual([
        { time: '2026-01-01T00:00:00.000Z', sum: 1 },
      ])
    })

    test('a gap stays a gap', async () => {
      await writePoints(mine, store, field, [point('2026-01-01T00:00:00Z', 1), point('2026-01-01T05:00:00Z', 2)])
      expect((await windows('1h', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).map(({ time }) => time)).toEqual([
        '2026-01-01T00:00:00.000Z',
        '2026-01-01T05:00:00.000Z',
      ])
    })

    test('days and months follow the local calendar, over the change of the clock', async () => {
      const london = await newField('Europe/London')
      const start = at('2026-03-01T00:00:00Z')
      const hourly = Array.from(
        { length: 24 * 62 },
        (_, n): Point => ({ ...point('2026-03-01T00:00:00Z', 1), time: start + n * 3_600_000_000 }),
      )
      await writePoints(mine, store, london, hourly)
      const days = await windows('1d', '2026-03-28T00:00:00Z', '2026-03-30T23:00:00Z', ['sum'], london)
      expect(days).toEqual([
        { time: '2026-03-28T00:00:00.000Z', sum: 24 },
        { time: '2026-03-29T00:00:00.000Z', sum: 23 },
        { time: '2026-03-29T23:00:00.000Z', sum: 24 },
      ])
      const months = await windows('1mo', '2026-03-01T00:00:00Z', '2026-04-30T23:00:00Z', ['count'], london)
      expect(months).toEqual([
        { time: '2026-03-01T00:00:00.000Z', count: 31 * 24 - 1 },
        { time: '2026-03-31T23:00:00.000Z', count: 30 * 24 },
      ])
    })

    test('the hour that comes twice in autumn is two windows', async () => {
      const newYork = await newField('America/New_York')
      await writePoints(mine, store, newYork, [point('2026-11-01T05:30:00Z', 1), point('2026-11-01T06:30:00Z', 2)])
      expect(await windows('1h', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', ['sum'], newYork)).toEqual([
        { time: '2026-11-01T05:00:00.000Z', sum: 1 },
        { time: '2026-11-01T06:00:00.000Z', sum: 2 },
      ])
    })

    test('in Kathmandu (+5:45) hours and days begin where the local clock says', async () => {
      const kathmandu = await newField('Asia/Kathmandu')
      await writePoints(mine, store, kathmandu, [point('2026-01-01T18:20:00Z', 1)])
      expect(await windows('1h', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', ['sum'], kathmandu)).toEqual([
        { time: '2026-01-01T18:15:00.000Z', sum: 1 },
      ])
      expect(await windows('1d', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', ['sum'], kathmandu)).toEqual([
        { time: '2026-01-01T18:15:00.000Z', sum: 1 },
      ])
    })

    test('too many windows, too long a raw span or an end before the start are refused', async () => {
      await expect(windows('1m', '2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z')).rejects.toMatchObject({
        code: 'range_too_wide',
      })
      await expect(raw('2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z')).rejects.toMatchObject({ code: 'range_too_wide' })
      await expect(raw('2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z')).rejects.toMatchObject({ code: 'invalid_request' })
    })
  })

  test('what was measured before an instant can be dropped, of one field or of all', async () => {
    const other = await newField('UTC')
    for (const id of [field, other]) {
      await writePoints(mine, store, id, [point('2026-01-01T00:00:00Z', 1), point('2026-01-02T00:00:00Z', 2)])
    }
    const times = async (id: string) => (await raw('2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z', id)).map(([, value]) => value)
    await dropPointsBefore(mine, store, field, at('2026-01-02T00:00:00Z'))
    expect([await times(field), await times(other)]).toEqual([[2], [1, 2]])
    await dropPointsBefore(theirs, store, other, at('2026-01-03T00:00:00Z'))
    expect(await times(other)).toEqual([1, 2])
    await dropPointsBefore(mine, store, undefined, at('2026-01-02T00:00:00Z'))
    expect(await times(other)).toEqual([2])
    expect((await listSeries(mine, store, other)).firstAt).toBe('2026-01-02T00:00:00.000Z')
  })

  test('a deleted series is not read any more', async () => {
    await writePoints(mine, store, field, [point('2026-01-01T00:00:00Z', 1), point('2026-01-01T00:00:00Z', 2, { name: 'b' })])
    await mine.run(sql`delete from farm.probes where field_id = ${field} and name = 'b'`)
    expect(await raw('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).toEqual([['2026-01-01T00:00:00.000Z', 1]])
    expect(await windows('1h', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')).toEqual([
      { time: '2026-01-01T00:00:00.000Z', sum: 1 },
    ])
  })

  test('a series table that lacks a column is refused when the store is made', async () => {
    const owner = new pg.Client({ connectionString: shop.database.adminUrl })
    await owner.connect()
    try {
      await expect(
        owner.query(`select tenantry.create_point_store('shed', 'farm.fields', 'field_id', 'farm.fields')`),
      ).rejects.toThrow('the series table farm.fields lacks the columns: field_id, point_type, unit, name')
    } finally {
      await owner.end()
    }
  })
})
