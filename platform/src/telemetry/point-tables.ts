import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { PointStore } from './point-store.ts'

/** What lies beside `<schema>.points`, made by `tenantry.add_point_rollups` and `tenantry.pack_points`. */
export interface PointTables {
  readonly points: SqlFragment
  /** Which quarters of an hour of which series are out of date in `rollups`. */
  readonly marks: SqlFragment
  /** A day of a series in a row: its quarters of an hour, and its hours. */
  readonly rollups: SqlFragment
  /** How many packed rows of a day wait to become chunks. */
  readonly days: SqlFragment
  /** What arrived lately, where points lie elsewhere: made by `tenantry.add_point_arrivals`. */
  readonly arrivals: SqlFragment
  readonly series: SqlFragment
  /** The parent's column, in all of them. */
  readonly parent: SqlFragment
}

export function tablesOf(store: PointStore): PointTables {
  const schema = store.points.slice(0, store.points.indexOf('.'))
  return {
    points: sql.identifier(store.points),
    marks: sql.identifier(schema, 'point_marks'),
    rollups: sql.identifier(schema, 'point_rollups'),
    days: sql.identifier(schema, 'point_days'),
    arrivals: sql.identifier(schema, 'point_arrivals'),
    series: sql.identifier(store.series),
    parent: sql.identifier(store.parentColumn),
  }
}

/** Kind of the tenant's mark in `tenantry.work` while a store of it has something to roll up or to compact. */
export function workKindOf(store: PointStore): string {
  return `points:${store.points}`
}
