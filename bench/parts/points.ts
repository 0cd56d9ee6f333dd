import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createIsolation } from '../../platform/src/isolation/isolation.ts'
import { sql } from '../../platform/src/isolation/statement.ts'
import type { TenantScope } from '../../platform/src/isolation/tenant-scope.ts'
import { compactPoints } from '../../platform/src/telemetry/compact-points.ts'
import type { WindowQuery } from '../../platform/src/telemetry/point-query.ts'
import { readPixels, readWindows } from '../../platform/src/telemetry/read-points.ts'
import { rollUpPoints } from '../../platform/src/telemetry/roll-up.ts'
import { windowsFromPoints } from '../../platform/src/telemetry/stored-windows.ts'
import { parseWindow, type Window } from '../../platform/src/telemetry/window.ts'
import type { WindowTable } from '../../platform/src/telemetry/window-table.ts'
import { influxMissing, type TestInflux, testInflux } from '../../platform/src/testing/test-influx.ts'
import { bmsPoints } from '../../systems/bms/src/point-store.ts'
import { allowSensors, type Customer, makeCustomers } from '../database/customers.ts'
import { type Installation, onServer } from '../database/installation.ts'
import { makeYear, postsTo, type Year } from '../database/year.ts'
import { interleave } from '../interleave.ts'
import type { Bench, Part } from '../part.ts'
import { Poster } from '../post.ts'
import { least, most, type Result } from '../result.ts'
import { ServerProcess } from '../servers/server-process.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

const store = { ...bmsPoints, influx: undefined }
const connections = 4
const rounds = 8

/** The same lines to both, over HTTP, and the same questions afterwards. */
export const points: Part = {
  name: 'points',
  title: 'A year of points each minute, stored and read, beside InfluxDB on the same machine',
  run: measurePoints,
}

interface Stage {
  readonly installation: Installation
  readonly scope: TenantScope
  readonly customer: Customer
  readonly building: string
  readonly influx: TestInflux | undefined
  readonly year: Year
}

type Line = Omit<Result, 'part'>

async function measurePoints({ installation, quick, note }: Bench): Promise<Line[]> {
  const [customer] = await makeCustomers(installation, 1, 1)
  const building = customer?.buildings[0]
  if (customer === undefined || building === undefined) throw new Error('There is no customer.')
  await allowSensors(installation, [customer])
  await using open = new AsyncDisposableStack()
  if (influxMissing !== undefined) note(influxMissing)
  const influx = influxMissing === undefined ? open.adopt(await testInflux(), (each) => each.stop()) : undefined
  const isolation = open.adopt(createIsolation({ url: installation.appUrl }), (each) => each.close())
  const scope = isolation.scope({ tenantId: customer.tenantId, actor: { kind: 'key', id: customer.keyId } })
  const year = makeYear(building, quick ? 130_000 : 525_600)
  const stage: Stage = { installation, scope, customer, building, influx, year }
  const stored = await measureIngest(stage)
  await checkSums(stage)
  note('Compacting')
  while ((await compactPoints(scope, store, { all: true })) > 0);
  await onServer(installation.superuserUrl, (client) => client.query('vacuum analyze bms.points, bms.point_rollups, bms.sensors'))
  return [...stored, ...(await measureReads(stage)), await measurePicture(stage), ...(await measureDisk(stage))]
}

/** Ours with everything: key, tenant, parsing, series, commit, and the rollups of what came, which InfluxDB does not make. */
async function measureIngest({ installation, customer, scope, influx, year }: Stage): Promise<Line[]> {
  await using open = new AsyncDisposableStack()
  const settings = { address: installation.appUrl, tenantRate: 1_000_000 }
  const server = open.adopt(await ServerProcess.start(new URL('../servers/shipped.ts', import.meta.url), settings), (each) =>
    each.stop(),
  )
  const poster = open.adopt(new Poster(connections), (each) => each.close())
  const authorization = { authorization: `Token ${customer.credential}`, 'content-type': 'text/plain' }
  const perRound = Math.ceil(year.batches.length / rounds)
  const rates = { ours: [] as number[], alone: [] as number[], influx: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    const batches = year.batches.slice(round * perRound, (round + 1) * perRound)
    const lines = batches.reduce((sum, body) => sum + body.split('\n').length - 1, 0)
    const ours = async () => {
      const from = performance.now()
      await poster.sendAll(postsTo(`http://127.0.0.1:${server.port}/api/v2/write?precision=s`, batches, authorization))
      rates.alone.push(lines / (performance.now() - from))
      await rollUp(scope)
      rates.ours.push(lines / (performance.now() - from))
    }
    const theirs = async () => {
      if (influx === undefined) return
      const from = performance.now()
      await poster.sendAll(postsTo(`${new URL(influx.url).origin}/write?db=points&precision=s`, batches))
      rates.influx.push(lines / (performance.now() - from))
    }
    for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) await side()
  }
  const shown = (figures: readonly number[]) => `${(median(figures) * 1_000).toFixed(0)}/s`
  const line = (name: string, figures: readonly number[]) => ({
    name,
    ours: shown(figures),
    ...(influx === undefined ? {} : { peer: shown(rates.influx), ...ofRounds(ratios(figures, rates.influx)) }),
  })
  return [
    {
      ...line('lines stored, their rollups made, over HTTP', rates.ours),
      ...(influx ? { floor: least(1), aim: least(1.5) } : {}),
    },
    line('  lines stored, without the time of the rollups', rates.alone),
  ]
}

/** Also where the server's own keeper is at it. */
async function rollUp(scope: TenantScope): Promise<void> {
  const left = sql<{ marks: number }>`select count(*)::int as marks from bms.point_marks`
  do await rollUpPoints(scope, store, { all: true })
  while (((await scope.first(left))?.marks ?? 0) > 0)
}

/** What was sent twice counts once, on both sides. */
async function checkSums({ scope, building, year, influx }: Stage): Promise<void> {
  const { windows } = await readWindows(scope, store, building, { ...queryOf(year, '1mo'), aggregates: ['count', 'sum'] })
  const total = (name: 'count' | 'sum') => Iterator.from(windows).reduce((sum, row) => sum + (row[name] ?? 0), 0)
  refuseOther('ours', total('count'), total('sum'), year)
  if (influx === undefined) return
  const answer = await askInflux(influx, `select count(value), sum(value) from temperature where time < '2026-01-01T00:00:00Z'`)
  const [, count = 0, sum = 0] = JSON.parse(answer).results[0].series[0].values[0] as number[]
  refuseOther('InfluxDB', count, sum, year)
}

function refuseOther(who: string, count: number, sum: number, year: Year): void {
  if (count === year.count && Math.abs(sum - year.sum) < 0.01) return
  throw new Error(`${who}: ${count} points with the sum ${sum}, and not ${year.count} with ${year.sum}.`)
}

const queryOf = ({ start, end }: Year, text: string): WindowQuery => ({
  start,
  end,
  window: parseWindow(text) as Window,
  aggregates: ['mean'],
})

async function measureReads({ scope, building, influx, year }: Stage): Promise<Line[]> {
  const query = queryOf(year, '1h')
  const asked = `select mean(value) from temperature where building = '${building}' and time >= ${year.start}u and time < ${year.end}u group by sensor, time(1h) fill(none)`
  const series = await scope.run(
    sql<{ id: string }>`select id from bms.sensors where building_id = ${building}::uuid order by id`,
  )
  const ids = series.map(({ id }) => id)
  const measured = await interleave(
    [
      {
        name: 'rollups',
        measure: () => timed(async () => walk((await readWindows(scope, store, building, query)).windows)),
      },
      {
        name: 'points',
        measure: () =>
          timed(async () => walk(await windowsFromPoints(scope, store, { ...query, parentId: building, ids, timeZone: 'UTC' }))),
      },
      ...(influx === undefined
        ? []
        : [{ name: 'influx', measure: () => timed(async () => JSON.parse(await askInflux(influx, asked))) }]),
    ],
    // So many that in most of them the code has been compiled, as it has in a server that is running.
    15,
  )
  const times = (name: string) => measured.get(name) ?? []
  const shown = (name: string) => `${median(times(name)).toFixed(1)} ms`
  const beside = (name: string, ours: string, peer: string) => ({
    name,
    ours: shown(ours),
    ...(measured.has(peer) ? { peer: shown(peer), ...ofRounds(ratios(times(peer), times(ours))) } : {}),
  })
  const floors = <T extends Line>(line: T, floor: number, aim: number) =>
    line.figure === undefined ? line : { ...line, floor: least(floor), aim: least(aim) }
  return [
    floors(beside('hourly means of the year from points, beside InfluxDB', 'points', 'influx'), 2, 3),
    floors(beside('hourly means of the year from rollups, beside InfluxDB', 'rollups', 'influx'), 50, 80),
    beside('  the same, beside our points', 'rollups', 'points'),
  ]
}

/** Every number of an answer is looked at, as the peer's are by reading its JSON. */
function walk({ series }: WindowTable): number {
  let sum = 0
  for (const { times, figures } of series) {
    for (let place = 0; place < times.length; place++) sum += (times[place] as number) + (figures.mean?.[place] as number)
  }
  return sum
}

function askInflux({ url }: TestInflux, query: string): Promise<string> {
  return fetch(`${new URL(url).origin}/query?db=points&epoch=u&q=${encodeURIComponent(query)}`).then((answer) => answer.text())
}

/** All that a request for it does but HTTP: who may see it, what is out of date, and every row of the answer. */
async function measurePicture({ scope, building, year }: Stage): Promise<Line> {
  const [series] = await scope.run(sql<{ id: string }>`select id from bms.sensors where building_id = ${building}::uuid`)
  const query = { start: year.start, end: year.end, seriesIds: [series?.id ?? ''], pixels: 1_000 }
  const times: number[] = []
  for (let round = 0; round < 11; round++) {
    times.push(await timed(async () => Array.fromAsync((await readPixels(scope, store, building, query)).points)))
  }
  const { figure, spread } = ofRounds(times.slice(2))
  return { name: 'a series of the year at 1,000 pixels, read', ours: `${figure.toFixed(1)} ms`, figure, spread, floor: most(30) }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

async function measureDisk({ installation, influx, year }: Stage): Promise<Line[]> {
  const [tables] = await onServer(installation.superuserUrl, async (client) => {
    const size = (name: string) => `pg_total_relation_size('bms.${name}')::int8::float8`
    return (await client.query(`select ${size('points')} as points, ${size('point_rollups')} as rollups`)).rows
  })
  const each = (bytes: number) => `${(bytes / year.count).toFixed(1)} B`
  const theirs = influx === undefined ? undefined : await settledSize(influx)
  const line = (name: string, bytes: number) => ({
    name,
    ours: each(bytes),
    ...(theirs === undefined ? {} : { peer: each(theirs), figure: bytes / theirs }),
  })
  return [
    line('bytes on disk per point, as chunks (within PostgreSQL, indexes included)', tables.points),
    line('  and with the rollups, which InfluxDB does not make', tables.points + tables.rollups),
  ]
}

/** When InfluxDB has compacted what it was sent: its folder has not changed for some seconds. */
async function settledSize({ folder }: TestInflux): Promise<number> {
  // What holds points: its list of series and what it has set aside for more are not counted.
  const sizeOf = () =>
    ['data/points/autogen', 'wal/points/autogen'].reduce(
      (sum, part) => sum + Number(String(spawnSync('du', ['-sb', join(folder, part)]).stdout).split('\t')[0]),
      0,
    )
  let [before, now, rests] = [0, sizeOf(), 0]
  for (let waited = 0; waited < 30 && rests < 6; waited++) {
    await sleep(1_000)
    before = now
    now = sizeOf()
    rests = now === before ? rests + 1 : 0
  }
  return now
}
