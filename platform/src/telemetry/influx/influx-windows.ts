import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { problems } from '../../problems/catalogue.ts'
import type { Aggregate, WindowQuery } from '../point-query.ts'
import type { PointStore } from '../point-store.ts'
import type { WindowRow } from '../window-statement.ts'
import type { InfluxDatabase } from './influx-database.ts'
import { type ChosenSeries, choiceOf, influxSamples, timeText } from './influx-points.ts'
import { InfluxStatement } from './influx-statement.ts'
import { type WindowRun, windowRuns } from './window-runs.ts'

type ZonedQuery = WindowQuery & { readonly timeZone: string }

/** Rows that one answer holds in memory. */
const mostRows = 500_000

/** As `windowStatement` answers: by series and time, no window that is empty. */
export async function influxWindows(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: ZonedQuery,
): Promise<WindowRow[]> {
  if (chosen.ids.length === 0) return []
  const runs = windowRuns(query)
  return query.aggregates.includes('p95')
    ? fromSamples(scope, store, influx, chosen, query, runs)
    : fromFigures(scope, store, influx, chosen, query, runs)
}

async function fromFigures(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: ZonedQuery,
  runs: readonly WindowRun[],
): Promise<WindowRow[]> {
  const names = query.aggregates.filter((name) => name !== 'p95')
  const statements = runs.map((run) => InfluxStatement.select(scope, store, names, choiceOf(chosen, run), run))
  const bySeries = new Map<string, WindowRow[]>(chosen.ids.map((id) => [id, []]))
  let held = 0
  for await (const { seriesId, rows } of influx.query(statements)) {
    held += rows.length
    if (held > mostRows) throw tooMany()
    const own = bySeries.get(seriesId)
    for (const [time, ...figures] of rows) {
      const named = names.map((name, index) => [name, figures[index]])
      own?.push({ seriesId, time: timeText(time as number), ...Object.fromEntries(named) } as WindowRow)
    }
  }
  return [...bySeries.values()].flat()
}

/** For p95: InfluxDB's percentile is one of the values, ours lies between two of them, as PostgreSQL's does. */
async function fromSamples(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: ZonedQuery,
  runs: readonly WindowRun[],
): Promise<WindowRow[]> {
  const rows: WindowRow[] = []
  let current: { readonly seriesId: string; readonly time: number; readonly values: number[] } | undefined
  const finish = () => {
    if (current === undefined) return
    if (rows.push(rowOf(current, query.aggregates)) > mostRows) throw tooMany()
  }
  for await (const { seriesId, time, value } of influxSamples(scope, store, influx, chosen, query)) {
    const at = windowOf(time, runs)
    if (current?.seriesId !== seriesId || current.time !== at) {
      finish()
      current = { seriesId, time: at, values: [] }
    }
    current.values.push(value)
  }
  finish()
  return rows
}

function windowOf(time: number, runs: readonly WindowRun[]): number {
  const run = runs.findLast(({ start }) => start <= time) as WindowRun
  return time - ((time - run.origin) % run.width)
}

interface Measured {
  readonly seriesId: string
  readonly time: number
  readonly values: readonly number[]
}

function rowOf({ seriesId, time, values }: Measured, names: readonly Aggregate[]): WindowRow {
  const sorted = Float64Array.from(values).sort()
  const sum = values.reduce((total, value) => total + value, 0)
  const place = 0.95 * (sorted.length - 1)
  const below = sorted[Math.floor(place)] as number
  const figures: Readonly<Record<Aggregate, number>> = {
    min: sorted[0] as number,
    max: sorted.at(-1) as number,
    mean: sum / values.length,
    sum,
    count: values.length,
    last: values.at(-1) as number,
    p95: below + ((sorted[Math.ceil(place)] as number) - below) * (place - Math.floor(place)),
  }
  return { seriesId, time: timeText(time), ...Object.fromEntries(names.map((name) => [name, figures[name]])) } as WindowRow
}

function tooMany() {
  return problems.range_too_wide(`An answer may hold ${mostRows} windows at most.`, { limit: mostRows })
}
