import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { newTenant, openShop, type Shop } from '../resources/shop.test-support.ts'
import { timestampArray } from './binary-arrays.ts'
import { compactPoints } from './compact-points.ts'
import { noFigures, readFigures, writeFigures } from './day-figures.ts'
import { dropPointsBefore } from './drop-points.ts'
import { farmPoints, farmTables } from './farm.test-support.ts'
import { parseInstant } from './instant.ts'
import { holdingParent } from './parent-lock.ts'
import type { Aggregate, PointQuery, WindowQuery } from './point-query.ts'
import type { Point, PointStore } from './point-store.ts'
import { readQuarters, writeQuarters } from './quarter-marks.ts'
import { instantLiteral } from './quarters.ts'
import { readPoints } from './read-points.ts'
import { rollUpPoints } from './roll-up.ts'
import { type AskedWindows, storedWindows, windowsFromPoints } from './stored-windows.ts'
import { parseWindow, type Window } from './window.ts'
import type { WindowTable } from './window-table.ts'
import { writePoints } from './write-points.ts'

const minute = 60_000_000
const hour = 60 * minute

let shop: Shop
let mine: TenantScope

beforeAll(async () => {
  shop = await openShop(farmTables)
  mine = await newTenant(shop.isolation, 'farm', { probes: 10_000 })
})
afterAll(() => shop?.close())

const at = (text: string) => parseInstant(text) ?? Number.NaN
const windowOf = (text: string) => parseWindow(text) as Window
const all: Aggregate[] = ['min', 'max', 'mean', 'sum', 'count', 'last']

async function newField(zone = 'UTC'): Promise<string> {
  const row = await mine.first(sql<{ id: string }>`insert into farm.fields (time_zone) values (${zone}) returning id`)
  return row?.id ?? ''
}

const point = (time: number, value: number, name = ''): Point => ({ pointType: 'power', unit: 'kW', name, time, value })
const hours = (start: string, end: string, aggregates = all): WindowQuery => ({
  start: at(start),
  end: at(end),
  window: windowOf('1h'),
  aggregates,
})
type Reader = (scope: TenantScope, store: PointStore, asked: AskedWindows) => Promise<WindowTable>

async function readBy(reader: Reader, field: string, query: WindowQuery) {
  const ids = await mine.run(sql<{ id: string }>`select id from farm.probes where field_id = ${field} order by id`)
  const zone = await mine.first(sql<{ timeZone: string }>`select time_zone from farm.fields where id = ${field}`)
  const asked = { ...query, parentId: field, ids: ids.map(({ id }) => id), timeZone: zone?.timeZone ?? '' }
  return [...(await reader(mine, farmPoints, asked))]
}
const read = (field: string, query: WindowQuery) => readBy(storedWindows, field, query)

type Model = ReadonlyMap<string, ReadonlyMap<number, number>>

async function rawPoints(field: string, span: PointQuery) {
  const { head, points } = await readPoints(mine, farmPoints, field, span)
  const names = new Map(head.series.map(({ id, name }) => [id, name]))
  const rows = await Array.fromAsync(points, ({ seriesId, time, value }) => [names.get(seriesId), at(time), value] as const)
  return rows.sort(byNameAndTime)
}

function pointsWithin(model: Model, { start, end }: PointQuery) {
  const points = [...model].flatMap(([name, own]) => [...own].map(([time, value]) => [name, time, value] as const))
  return points.filter(([, time]) => time >= start && time < end).sort(byNameAndTime)
}

type NamedPoint = readonly [name: string | undefined, time: number, value: number]
const byNameAndTime = ([a = '', at]: NamedPoint, [b = '', then]: NamedPoint) => (a < b ? -1 : a > b ? 1 : at - then)

/** The windows of what should be stored, as PostgreSQL's calendar and aggregates have them, a point a row. */
function reckoned(field: string, { start, end, window }: WindowQuery, model: Model) {
  const points = [...model].flatMap(([name, own]) => [...own].map(([time, value]) => ({ name, time, value })))
  const zone = sql`(select time_zone from farm.fields where id = ${field})`
  const startOf =
    window.unit === 'minutes'
      ? sql`date_bin(make_interval(mins => ${window.minutes}::int), at, date_trunc('day', at, ${zone}))`
      : sql`date_trunc(${window.unit}::text, at, ${zone})`
  return mine.run(
    sql<
      Record<string, unknown>
    >`select s.id as series_id, ${startOf} as time, min(value), max(value), avg(value) as mean, sum(value), count(*),
        (array_agg(value order by at desc))[1] as last, percentile_cont(0.95) within group (order by value) as p95
      from unnest(${points.map(({ name }) => name)}::text[], ${timestampArray(points.map(({ time }) => time))}::timestamptz[],
        ${points.map(({ value }) => value)}::float8[]) point (name, at, value)
      join farm.probes s on s.field_id = ${field} and s.name = point.name
      where at >= ${instantLiteral(start)} and at < ${instantLiteral(end)}
      group by 1, 2 order by 1, 2`,
    { lane: 'slow' },
  )
}
const roll = async () => {
  while ((await rollUpPoints(mine, farmPoints, { all: true })) > 0);
}
const count = async (table: string, field: string) =>
  (await mine.first(sql<{ rows: number }>`select count(*)::int as rows from ${sql.identifier(table)} where field_id = ${field}`))
    ?.rows

/** Of the last row, as its bytes lie. */
async function columnsOf(statement: SqlFragment): Promise<readonly (Buffer | null)[]> {
  let found: readonly (Buffer | null)[] = []
  await mine.snapshot((reading) =>
    reading.take([{ statement, take: (columns) => (found = columns.map((column) => column && Buffer.from(column))) }]),
  )
  return found
}

test('hours and quarters that are up to date are read from rollups, the others from points', async () => {
  const field = await newField()
  const start = at('2026-01-01T00:00:00Z')
  const query = hours('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', ['sum'])
  const sums = async (window: string) => (await read(field, { ...query, window: windowOf(window) })).map(({ sum }) => sum)
  const lot = [point(start, 1), point(start + 5 * minute, 2), point(start + 20 * minute, 8), point(start + 2 * hour, 4)]
  await writePoints(mine, farmPoints, field, lot)
  expect(await count('farm.point_marks', field)).toBe(1)
  expect(await count('farm.point_rollups', field)).toBe(0)
  await roll()
  expect(await count('farm.point_marks', field)).toBe(0)
  expect(await count('farm.point_rollups', field)).toBe(1)
  // Only a rollup that was tampered with can tell where an answer comes from.
  const tampered = (column: Buffer, places: number, sum: number) => {
    const figures = readFigures(column, noFigures(places))
    figures.sums.fill(sum)
    return writeFigures(figures)
  }
  const [hourly, quarterly] = await columnsOf(sql`select hours, quarters from farm.point_rollups where field_id = ${field}`)
  await mine.run(sql`update farm.point_rollups set hours = ${tampered(hourly as Buffer, 24, 1_000)}::bytea,
    quarters = ${tampered(quarterly as Buffer, 96, 100)}::bytea where field_id = ${field}`)
  expect(await sums('15m')).toEqual([100, 100, 100])
  expect(await sums('1h')).toEqual([1000, 1000])
  expect(await sums('1d')).toEqual([2000])
  await writePoints(mine, farmPoints, field, [point(start + 6 * minute, 3)])
  expect(await sums('1h')).toEqual([106, 1000])
  await roll()
  const windows = await read(field, { ...query, aggregates: all })
  // The quarter that nothing was written to is still the one that was tampered with.
  expect(windows[0]).toMatchObject({ min: 1, max: 8, sum: 106, count: 4, last: 8 })
})

test('where midnight is at half past an hour of UTC, hours are read from quarters', async () => {
  const field = await newField('Asia/Kolkata')
  await writePoints(mine, farmPoints, field, [point(at('2026-01-01T00:20:00Z'), 1), point(at('2026-01-01T00:40:00Z'), 2)])
  await roll()
  const query = hours('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', ['sum'])
  expect((await read(field, query)).map(({ sum }) => sum)).toEqual([1, 2])
})

test('a row that alone reaches into a quarter is not unpacked again for its rollup; with another they are', async () => {
  const field = await newField()
  const start = at('2026-01-01T00:00:00Z')
  const query = hours('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', ['sum'])
  await writePoints(mine, farmPoints, field, [point(start, 1), point(start + minute, 2)])
  // What the mark says is told from what the points say.
  const tamper = async (sum: number) => {
    const [quarters] = await columnsOf(sql`select quarters from farm.point_marks where field_id = ${field}`)
    const told = readQuarters(quarters as Buffer)
    told.parts?.sums.fill(sum)
    await mine.run(sql`update farm.point_marks set quarters = ${writeQuarters(told)}::bytea where field_id = ${field}`)
  }
  await tamper(50)
  await roll()
  expect((await read(field, query))[0]).toMatchObject({ sum: 50 })
  await writePoints(mine, farmPoints, field, [point(start + minute, 4)])
  await tamper(70)
  await roll()
  expect((await read(field, query))[0]).toMatchObject({ sum: 5 })
})

test('a lot that is sent twice, by name or not, changes no sum', async () => {
  const field = await newField()
  const lot = Array.from({ length: 100 }, (_, n) => point(at('2026-01-01T00:00:00Z') + n * minute, n))
  await writePoints(mine, farmPoints, field, lot, { batch: 'one' })
  await roll()
  const query = hours('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')
  const once = await read(field, query)
  await writePoints(mine, farmPoints, field, lot, { batch: 'one' })
  expect(await count('farm.point_marks', field)).toBe(0)
  await writePoints(mine, farmPoints, field, lot)
  expect(await read(field, query)).toEqual(once)
  await roll()
  expect(await read(field, query)).toEqual(once)
})

test('a quarter that is being measured is left alone until it is over', async () => {
  const field = await newField()
  await writePoints(mine, farmPoints, field, [point(Date.now() * 1_000, 1)])
  expect(await rollUpPoints(mine, farmPoints)).toBe(0)
  expect(await count('farm.point_marks', field)).toBe(1)
})

test('values whose sum is no number leave the rest right, and do not stop the rollups', async () => {
  const field = await newField()
  const start = at('2026-01-01T00:00:00Z')
  await writePoints(mine, farmPoints, field, [point(start, 1.7e308), point(start + minute, 1.7e308), point(start + hour, 2)])
  await roll()
  const [first, second] = await read(field, hours('2026-01-01T00:00:00Z', '2026-01-01T02:00:00Z'))
  expect(first).toMatchObject({ min: 1.7e308, max: 1.7e308, count: 2, last: 1.7e308, sum: null, mean: null })
  expect(second).toMatchObject({ sum: 2 })
})

test('rollups are right whatever is written while they are computed', async () => {
  const field = await newField()
  const start = at('2026-01-01T00:00:00Z')
  let writing = true
  const writer = async (name: string) => {
    for (let n = 0; n < 40; n++) {
      const lot = Array.from({ length: 5 }, (_, k) => point(start + ((n * 7 + k * 13) % 120) * minute, n + k, name))
      await writePoints(mine, farmPoints, field, lot)
    }
  }
  const roller = async () => {
    while (writing) await rollUpPoints(mine, farmPoints, { all: true })
  }
  const rollers = [roller(), roller()]
  await Promise.all(['a', 'b', 'c'].map(writer))
  writing = false
  await Promise.all(rollers)
  await roll()
  const query = hours('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')
  expect(await count('farm.point_marks', field)).toBe(0)
  expect(await read(field, query)).toEqual(await readBy(windowsFromPoints, field, query))
})

test('nobody rolls up what somebody else rolls up, packs or drops at the moment: the older result would win', async () => {
  const field = await newField()
  await writePoints(mine, farmPoints, field, [point(at('2026-01-01T00:00:00Z'), 1)])
  let rolled = false
  let rolling: Promise<void> | undefined
  await holdingParent(mine, farmPoints, field, async () => {
    rolling = roll().then(() => {
      rolled = true
    })
    await sleep(300)
    expect(rolled).toBe(false)
  })
  await rolling
  expect(await count('farm.point_rollups', field)).toBe(1)
})

/** Days on which clocks change, in zones of odd offsets; each span is three days around it. */
const places = [
  { zone: 'UTC', around: '2025-06-01T00:00:00Z' },
  { zone: 'Europe/London', around: '2025-03-29T00:00:00Z' },
  { zone: 'America/New_York', around: '2025-11-01T00:00:00Z' },
  { zone: 'Australia/Lord_Howe', around: '2025-04-05T00:00:00Z' },
  { zone: 'Asia/Kathmandu', around: '2025-06-01T00:00:00Z' },
  { zone: 'America/St_Johns', around: '2011-12-31T00:00:00Z' },
  { zone: 'Antarctica/Casey', around: '2022-09-30T12:00:00Z' },
] as const
const windows = ['10m', '15m', '45m', '1h', '6h', '1d', '1w', '1mo'] as const

/** Percentiles are the one figure that eighths do not make exact. */
const nearly = (rows: readonly Record<string, unknown>[]) =>
  rows.map((row) => ({
    ...row,
    ...(typeof row.p95 === 'number' ? { p95: expect.closeTo(row.p95, 9) } : {}),
    mean: expect.closeTo(row.mean as number, 9),
  }))

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      // Some minutes twice, some quarters of a minute apart; eighths add up without rounding.
      points: fc.array(
        fc.record({
          offset: fc.nat({ max: 3 * 24 * 60 * 4 }),
          value: fc.integer({ min: -800, max: 800 }),
          name: fc.constantFrom('a', 'b', 'c'),
        }),
        { minLength: 1, maxLength: 60 },
      ),
      // As gateways send them: each series runs forward in time.
      sorted: fc.boolean(),
      twice: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('roll' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), name: fc.constantFrom('a', 'b') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), offset: fc.nat({ max: 3 * 24 * 60 }) }) },
)

test('whatever was written, rolled up, compacted, deleted or dropped, rollups and points answer what PostgreSQL reckons, a point a row', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...places),
      fc.array(action, { minLength: 2, maxLength: 8 }),
      fc.tuple(fc.nat({ max: 24 * 60 }), fc.integer({ min: 24 * 60, max: 3 * 24 * 60 })),
      async ({ zone, around }, actions, [from, to]) => {
        const field = await newField(zone)
        const start = at(around)
        const model = new Map<string, Map<number, number>>()
        for (const step of actions) {
          if (step.kind === 'write') {
            const lot = step.points.map(({ offset, value, name }) => point(start + (offset * minute) / 4, value / 8, name))
            if (step.sorted) lot.sort((a, b) => a.time - b.time)
            await writePoints(mine, farmPoints, field, lot)
            if (step.twice) await writePoints(mine, farmPoints, field, lot)
            for (const { time, value, name } of lot) model.set(name, (model.get(name) ?? new Map()).set(time, value))
          } else if (step.kind === 'roll') await roll()
          else if (step.kind === 'compact') {
            await roll()
            // Few rows are not worth it, so that a test has to say that they are.
            await mine.run(sql`update farm.point_days set loose_rows = 100 where field_id = ${field}`)
            await compactPoints(mine, farmPoints, { all: true })
          } else if (step.kind === 'delete') {
            await mine.run(sql`delete from farm.probes where field_id = ${field} and name = ${step.name}`)
            model.delete(step.name)
          } else {
            const limit = start + Math.floor((step.offset * minute) / (15 * minute)) * 15 * minute
            await dropPointsBefore(mine, farmPoints, field, start + step.offset * minute)
            for (const series of model.values()) for (const time of series.keys()) if (time < limit) series.delete(time)
          }
          const query = { start: start + from * minute, end: start + to * minute, aggregates: all }
          for (const window of windows) {
            const asked = { ...query, window: windowOf(window) }
            const rows = await reckoned(field, asked, model)
            expect(await readBy(windowsFromPoints, field, { ...asked, aggregates: [...all, 'p95'] })).toEqual(nearly(rows))
            expect(await read(field, asked)).toEqual(nearly(rows.map(({ p95: _, ...row }) => row)))
          }
          expect(await rawPoints(field, query)).toEqual(pointsWithin(model, query))
          const whole = { start, end: start + 4 * 24 * hour, window: windowOf('1d'), aggregates: ['sum', 'count'] as const }
          const rows = await read(field, whole)
          const stored = [...model.values()].flatMap((series) => [...series.values()])
          expect(rows.reduce((sum, row) => sum + (row.count ?? 0), 0)).toBe(stored.length)
          expect(rows.reduce((sum, row) => sum + (row.sum ?? 0), 0)).toBe(stored.reduce((sum, value) => sum + value, 0))
        }
      },
    ),
    { numRuns: 25 },
  )
}, 120_000)
