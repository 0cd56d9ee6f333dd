import type { TenantScope } from '../../isolation/tenant-scope.ts'
import type { PointQuery } from '../point-query.ts'
import type { PointRun } from '../point-runs.ts'
import type { PointStore } from '../point-store.ts'
import type { PointRow } from '../read-points.ts'
import { timeText } from '../time-text.ts'
import type { InfluxDatabase } from './influx-database.ts'
import { type InfluxChoice, InfluxStatement } from './influx-statement.ts'

/** The series of one parent that PostgreSQL let the actor see. */
export interface ChosenSeries {
  readonly parentId: string
  /** All of the parent's: InfluxDB then need not be told which. */
  readonly isAll: boolean
  readonly ids: readonly string[]
}

/** Beyond so many series the statement grows long; the others are left out of the answer instead. */
const mostNamed = 500

export function choiceOf({ parentId, isAll, ids }: ChosenSeries, span: { start: number; end: number }): InfluxChoice {
  const seriesIds = isAll || ids.length > mostNamed ? undefined : ids
  return { parentId, seriesIds, start: span.start, end: span.end }
}

/** By series and time, as they come; of a series that is not among the chosen (a deleted one) nothing. */
export async function* influxRuns(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: PointQuery,
): AsyncGenerator<{ readonly seriesId: string; readonly run: PointRun }> {
  if (chosen.ids.length === 0) return
  const known = new Set(chosen.ids)
  const statement = InfluxStatement.select(scope, store, 'value', choiceOf(chosen, query))
  for await (const { seriesId, rows } of influx.query([statement])) if (known.has(seriesId)) yield { seriesId, run: runOf(rows) }
}

export async function* influxPoints(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: PointQuery,
): AsyncGenerator<PointRow> {
  for await (const { seriesId, run } of influxRuns(scope, store, influx, chosen, query)) {
    for (const [place, time] of run.times.entries()) {
      yield { seriesId, time: timeText(time), value: run.values[place] as number }
    }
  }
}

/** Rows of a time and a value. */
export function runOf(rows: readonly (readonly number[])[]): PointRun {
  return {
    times: Float64Array.from(rows, ([time]) => time as number),
    values: Float64Array.from(rows, ([, value]) => value as number),
  }
}
