import type { TenantScope } from '../../isolation/tenant-scope.ts'
import type { PointQuery } from '../point-query.ts'
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

/** A point of a series, in microseconds. */
export interface Sample {
  readonly seriesId: string
  readonly time: number
  readonly value: number
}

/** Beyond so many series the statement grows long; the others are left out of the answer instead. */
const mostNamed = 500

export function choiceOf({ parentId, isAll, ids }: ChosenSeries, span: { start: number; end: number }): InfluxChoice {
  const seriesIds = isAll || ids.length > mostNamed ? undefined : ids
  return { parentId, seriesIds, start: span.start, end: span.end }
}

/** By series and time, as they come; of a series that is not among the chosen (a deleted one) nothing. */
export async function* influxSamples(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: PointQuery,
): AsyncGenerator<Sample> {
  if (chosen.ids.length === 0) return
  const known = new Set(chosen.ids)
  const statement = InfluxStatement.select(scope, store, 'value', choiceOf(chosen, query))
  for await (const { seriesId, rows } of influx.query([statement])) {
    if (!known.has(seriesId)) continue
    for (const [time, value] of rows) yield { seriesId, time: time as number, value: value as number }
  }
}

export async function* influxPoints(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  chosen: ChosenSeries,
  query: PointQuery,
): AsyncGenerator<PointRow> {
  for await (const sample of influxSamples(scope, store, influx, chosen, query)) yield asRow(sample)
}

export function asRow({ seriesId, time, value }: Sample): PointRow {
  return { seriesId, time: timeText(time), value }
}
