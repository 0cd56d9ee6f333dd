import type { TenantScope } from '../../isolation/tenant-scope.ts'
import type { WindowQuery } from '../point-query.ts'
import type { PointStore } from '../point-store.ts'
import { WindowFiller, windowBudget } from '../window-columns.ts'
import { mostAnswered, tooManyWindows } from '../window-limits.ts'
import { windowRuns, windowStarts } from '../window-runs.ts'
import { type WindowsOfSeries, WindowTable, windowsOf } from '../window-table.ts'
import type { InfluxDatabase } from './influx-database.ts'
import { type ChosenSeries, choiceOf, influxRuns } from './influx-points.ts'
import { InfluxStatement } from './influx-statement.ts'

type ZonedQuery = WindowQuery & { readonly timeZone: string }

/** As the windows of points in PostgreSQL: by series and time, no window that is empty. */
export async function influxWindows(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: ZonedQuery,
): Promise<WindowTable> {
  if (chosen.ids.length === 0) return new WindowTable([])
  return new WindowTable(
    query.aggregates.includes('p95')
      ? await fromRuns(scope, store, influx, chosen, query)
      : await fromFigures(scope, store, influx, chosen, query),
  )
}

async function fromFigures(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: ZonedQuery,
): Promise<WindowsOfSeries[]> {
  const names = query.aggregates.filter((name) => name !== 'p95')
  const statements = windowRuns(query).map((run) => InfluxStatement.select(scope, store, names, choiceOf(chosen, run), run))
  const bySeries = new Map(chosen.ids.map((id) => [id, { times: [] as number[], figures: names.map(() => [] as number[]) }]))
  let held = 0
  for await (const { seriesId, rows } of influx.query(statements)) {
    held += rows.length
    if (held > mostAnswered) throw tooManyWindows()
    const own = bySeries.get(seriesId)
    for (const [time, ...figures] of rows) {
      own?.times.push(time as number)
      for (const [index, figure] of figures.entries()) own?.figures[index]?.push(figure ?? Number.NaN)
    }
  }
  return [...bySeries].map(([seriesId, { times, figures }]) => ({
    seriesId,
    times,
    figures: Object.fromEntries(names.map((name, index) => [name, figures[index] ?? []])),
  }))
}

/** For p95: InfluxDB's percentile is one of the values, ours lies between two of them, as PostgreSQL's does. */
async function fromRuns(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: ZonedQuery,
): Promise<WindowsOfSeries[]> {
  const starts = windowStarts(query)
  const answered: WindowsOfSeries[] = []
  let current: { readonly seriesId: string; readonly filler: WindowFiller } | undefined
  const budget = windowBudget(chosen.ids.length, starts.length)
  const finish = () => {
    if (current === undefined) return
    current.filler.finish()
    answered.push(windowsOf(current.seriesId, starts, current.filler.columns, query.aggregates, current.filler.p95s))
  }
  for await (const { seriesId, run } of influxRuns(scope, store, influx, chosen, query)) {
    if (current?.seriesId !== seriesId) {
      finish()
      current = { seriesId, filler: new WindowFiller(starts, true, budget) }
    }
    current.filler.add(run)
  }
  finish()
  return answered
}
