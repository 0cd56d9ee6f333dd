import pg from 'pg'
import { pino } from 'pino'
import { v7 as uuid7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDirectoryPool } from '../../database/connect.ts'
import { sql } from '../../isolation/statement.ts'
import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { newTenant, openShop, type Shop } from '../../resources/shop.test-support.ts'
import { eraseTenant } from '../../tenants/erase-tenant.ts'
import { influxMissing, type TestInflux, testInflux } from '../../testing/test-influx.ts'
import { farmPoints, farmTables } from '../farm.test-support.ts'
import { keepPoints } from '../keep-points.ts'
import { listSeries } from '../list-series.ts'
import { aggregates } from '../point-query.ts'
import type { OpenPointStore, Point } from '../point-store.ts'
import { readPixels, readPoints, readWindows } from '../read-points.ts'
import { parseWindow, type Window } from '../window.ts'
import { writePoints } from '../write-points.ts'
import { ErasedTenants } from './erased-tenants.ts'
import { openInflux } from './influx-database.ts'
import { InfluxStatement } from './influx-statement.ts'
import { startRelay } from './relay.test-support.ts'

if (influxMissing !== undefined) console.warn(influxMissing)

describe.skipIf(influxMissing !== undefined)(`[BMS-15] InfluxDB ${influxMissing ?? ''}`, () => {
  let server: TestInflux
  let shop: Shop
  let store: OpenPointStore
  let mine: TenantScope
  let theirs: TenantScope
  let field: string

  beforeAll(async () => {
    server = await testInflux()
    shop = await openShop(farmTables)
    store = { ...farmPoints, influx: openInflux(server.url) }
    mine = await newTenant(shop.isolation, 'farm', { probes: 1_000, points: 100 })
    theirs = await newTenant(shop.isolation, 'farm', { probes: 1_000 })
  })
  afterAll(() => shop?.close())
  afterAll(() => server?.stop())
  beforeEach(async () => {
    field = await newField(mine)
  })

  const start = Date.UTC(2026, 0, 1) * 1_000
  const second = 1_000_000
  const hour = 3_600 * second
  const span = { start, end: start + 24 * hour }
  const point = (time: number, value: number, name = ''): Point => ({ pointType: 'power', unit: 'kW', name, time, value })

  async function newField(scope: TenantScope, zone = 'UTC'): Promise<string> {
    const row = await scope.first(sql<{ id: string }>`insert into farm.fields (time_zone) values (${zone}) returning id`)
    return row?.id ?? ''
  }
  async function values(scope: TenantScope, id: string, from = store): Promise<number[]> {
    const { points } = await readPoints(scope, from, id, span)
    return (await Array.fromAsync(points)).map(({ value }) => value)
  }

  describe('holds tenants apart', () => {
    const canary = 424_242.5

    test('everything that is sent names the tenant of whoever asked, and nobody else', async () => {
      const relay = await startRelay(server.url)
      try {
        const heardStore = { ...store, influx: openInflux(relay.url) }
        await writePoints(mine, heardStore, field, [point(start, 1), point(start, 2, 'b')])
        await values(mine, field, heardStore)
        await listSeries(mine, heardStore, field)
        const window = parseWindow('1h') as Window
        await readWindows(mine, heardStore, field, { ...span, window, aggregates: ['mean'] })
        await Array.fromAsync((await readPixels(mine, heardStore, field, { ...span, pixels: 10 })).points)
        const asked = relay.heard.filter(({ path }) => path !== '/ping')
        expect(asked.length).toBeGreaterThanOrEqual(5)
        for (const { path, text } of asked) {
          const parts = text.split(path.startsWith('/write') ? '\n' : '; ').filter((part) => part !== '')
          for (const part of parts) {
            expect(part.match(/"?tenant"? ?= ?'?[0-9a-f-]{36}/g), part).toHaveLength(1)
            expect(part, path).toContain(mine.context.tenantId)
            expect(part).not.toContain(theirs.context.tenantId)
          }
        }
      } finally {
        await relay.close()
      }
    })

    test("another tenant's points are not to be had, even past PostgreSQL and by every id", async () => {
      const foreign = await newField(theirs)
      await writePoints(theirs, store, foreign, [point(start, canary)])
      const { series } = await listSeries(theirs, store, foreign)
      for (const choice of [{ parentId: foreign }, { seriesIds: series.map(({ id }) => id) }, {}]) {
        const statement = InfluxStatement.select(mine, store, 'value', choice)
        const rows = (await Array.fromAsync(store.influx?.query([statement]) ?? [])).flatMap((each) => each.rows)
        expect(rows.flat()).not.toContain(canary)
      }
      await expect(values(mine, foreign)).rejects.toMatchObject({ code: 'not_found' })
      expect(await values(theirs, foreign)).toEqual([canary])
    })

    test('what somebody else deletes by an id of ours stays', async () => {
      await writePoints(mine, store, field, [point(start, 1)])
      await Array.fromAsync(store.influx?.query([InfluxStatement.delete(theirs, store, { parentId: field })]) ?? [])
      expect(await values(mine, field)).toEqual([1])
    })

    test("an answer that bears another tenant's tag, or another field's, is thrown away", async () => {
      const other = await newField(mine)
      for (const tags of [
        { tenant: theirs.context.tenantId, field, series: uuid7() },
        { tenant: mine.context.tenantId, field: other, series: uuid7() },
        { field, series: uuid7() },
      ]) {
        const relay = await startRelay(server.url, ({ path }) =>
          path.startsWith('/query')
            ? JSON.stringify({
                results: [{ statement_id: 0, series: [{ tags, columns: ['time', 'value'], values: [[start, canary]] }] }],
              })
            : undefined,
        )
        try {
          await writePoints(mine, store, field, [point(start, 1)])
          await expect(values(mine, field, { ...store, influx: openInflux(relay.url) })).rejects.toThrow('not asked for')
        } finally {
          await relay.close()
        }
      }
    })

    test('a caller limited to some fields is asked about in PostgreSQL, before InfluxDB is', async () => {
      await writePoints(mine, store, field, [point(start, 1)])
      const limited = await shop.limited(mine, [await newField(mine)])
      const relay = await startRelay(server.url)
      try {
        const heardStore = { ...store, influx: openInflux(relay.url) }
        await expect(values(limited, field, heardStore)).rejects.toMatchObject({ code: 'object_not_granted' })
        await expect(writePoints(limited, heardStore, field, [point(start, 1)])).rejects.toMatchObject({
          code: 'object_not_granted',
        })
        expect(relay.heard).toEqual([])
      } finally {
        await relay.close()
      }
    })
  })

  describe('away', () => {
    const counted = async () =>
      (await mine.run(sql<{ name: string; used: number }>`select name, used from tenantry.counters order by name`)).map(
        ({ name, used }) => [name, used],
      )

    test('refuses with store_unavailable and leaves nothing behind; back again it stores what is sent again', async () => {
      const lot = [point(start, 1), point(start, 2, 'new')]
      const before = await counted()
      await server.kill()
      try {
        await expect(writePoints(mine, store, field, lot, { batch: 'one' })).rejects.toMatchObject({
          code: 'store_unavailable',
          status: 503,
        })
        await expect(values(mine, field)).resolves.toEqual([])
        expect(await mine.run(sql`select id from farm.probes where field_id = ${field}`)).toEqual([])
        expect(await counted()).toEqual(before)
      } finally {
        await server.start()
      }
      expect(await writePoints(mine, store, field, lot, { batch: 'one' })).toEqual({ stored: 2 })
      expect(await writePoints(mine, store, field, lot, { batch: 'one' })).toEqual({ stored: 0 })
      expect((await values(mine, field)).sort()).toEqual([1, 2])
    })

    test('refuses a read of what is there, and what was stored before a power cut is there after it', async () => {
      await writePoints(mine, store, field, [point(start, 7)])
      await server.kill()
      try {
        await expect(values(mine, field)).rejects.toMatchObject({ code: 'store_unavailable' })
      } finally {
        await server.start()
      }
      expect(await values(mine, field)).toEqual([7])
    })

    test('what it says in refusing stays in the log', async () => {
      const wrong = { ...store, influx: openInflux(`${new URL(server.url).origin}/nowhere`) }
      const refused = writePoints(mine, wrong, field, [point(start, 1)])
      await expect(refused).rejects.toMatchObject({ code: 'store_unavailable', message: expect.not.stringContaining('nowhere') })
      await expect(refused).rejects.toMatchObject({ cause: { message: expect.stringContaining('nowhere') } })
    })
  })

  describe('answers as PostgreSQL does', () => {
    const zones = ['UTC', 'Europe/London', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Sao_Paulo']
    const texts = ['5m', '15m', '1h', '6h', '1d', '1w', '1mo', '1y']

    test.each(zones)('every aggregate of every window, over the changes of the clock in %s', async (zone) => {
      const id = await newField(mine, zone)
      let state = 7
      const random = () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        return state / 2 ** 32
      }
      // Two years that Sao Paulo still changed its clock in, at midnight.
      const from = Date.UTC(2017, 5, 3, 4, 5) * 1_000
      const until = from + 500 * 24 * hour
      const points = Array.from({ length: 6_000 }, () =>
        point(from + Math.floor(random() * (until - from)), Math.round(random() * 2_000) / 10 - 50, random() < 0.5 ? 'a' : 'b'),
      )
      for (const each of [store, farmPoints]) await writePoints(mine, each, id, points)
      for (const text of texts) {
        const window = parseWindow(text) as Window
        // Windows of minutes over a few days around a change; the longer ones over all.
        const short = window.unit === 'minutes' && window.minutes < 60
        const asked = short
          ? { start: Date.UTC(2017, 9, 1) * 1_000 + 7, end: Date.UTC(2017, 10, 8) * 1_000 }
          : { start: from + 1_000_007, end: until - 999_983 }
        const [here, there] = await Promise.all(
          [store, farmPoints].map(async (each) => [
            ...(await readWindows(mine, each, id, { ...asked, window, aggregates })).windows,
          ]),
        )
        expect(here?.length, text).toBeGreaterThan(0)
        const nearly = there?.map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [name, typeof value === 'number' ? expect.closeTo(value, 8) : value]),
          ),
        )
        expect(here, text).toEqual(nearly)
        // Without p95 InfluxDB reckons itself.
        const plain = await readWindows(mine, store, id, {
          ...asked,
          window,
          aggregates: ['min', 'max', 'mean', 'sum', 'count', 'last'],
        })
        expect([...plain.windows], text).toEqual(nearly?.map(({ p95: _, ...rest }) => rest))
      }
    })

    test('a picture of years has the extremes of each pixel, at the beginning of their quarter at the latest', async () => {
      const points = Array.from({ length: 5_000 }, (_, n) =>
        point(start + (n - 5_000) * hour + 7 * second, n === 2_500 ? 9_999 : n % 100),
      )
      await writePoints(mine, store, field, points)
      const asked = { start: start - 5_000 * hour, end: start, pixels: 50 }
      const shown = await Array.fromAsync((await readPixels(mine, store, field, asked)).points)
      expect(shown.length).toBeLessThanOrEqual(100)
      expect(shown.map(({ value }) => value)).toContain(9_999)
      const times = shown.map(({ time }) => Date.parse(time))
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      const exact = [points[0], points.at(-1)].map((each) => ({ time: (each?.time ?? 0) / 1_000, value: each?.value }))
      expect([shown[0], shown.at(-1)].map((each) => ({ time: Date.parse(each?.time ?? ''), value: each?.value }))).toEqual(exact)
    })
  })

  test('an erased tenant is forgotten here, too, and nobody else is', async () => {
    const leaving = await newTenant(shop.isolation, 'farm', { probes: 10 })
    const theirField = await newField(leaving)
    await writePoints(leaving, store, theirField, [point(start, 5)])
    await writePoints(mine, store, field, [point(start, 6)])
    const pool = createDirectoryPool(shop.database.directoryUrl)
    const owner = new pg.Client({ connectionString: shop.database.adminUrl })
    await owner.connect()
    try {
      await eraseTenant(owner, leaving.context.tenantId, { force: true })
      await new ErasedTenants({ pool, scope: shop.isolation.scope, stores: [store], logger: pino({ level: 'silent' }) }).look()
    } finally {
      await owner.end()
      await pool.end()
    }
    const statement = InfluxStatement.select(leaving, store, 'value', {})
    expect(await Array.fromAsync(store.influx?.query([statement]) ?? [])).toEqual([])
    expect(await values(mine, field)).toEqual([6])
  })

  test('what arrived is remembered for a day, and goes then', async () => {
    await writePoints(mine, store, field, [point(start, 1)], { batch: 'old' })
    const arrivals = async () => (await mine.run(sql`select id from farm.point_arrivals where field_id = ${field}`)).length
    expect(await arrivals()).toBe(1)
    const { dueAt } = await keepPoints(mine, store, AbortSignal.timeout(10_000))
    expect(Date.parse(dueAt ?? '')).toBeGreaterThan(Date.now())
    await mine.run(
      sql`update farm.point_arrivals set received_at = tenantry.clock() - interval '25 hours' where field_id = ${field}`,
    )
    expect((await keepPoints(mine, store, AbortSignal.timeout(10_000))).worked).toBe(true)
    expect(await arrivals()).toBe(0)
    expect(await values(mine, field)).toEqual([1])
  })
})
