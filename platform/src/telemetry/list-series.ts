import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { absence } from '../resources/absence.ts'
import { ownRows } from '../resources/own-rows.ts'
import { influxSpan } from './influx/influx-span.ts'
import { parentStatement, seriesStatement } from './point-statements.ts'
import type { OpenPointStore, PointStore, Series } from './point-store.ts'

export interface ParentSeries {
  readonly timeZone: string
  /** Times of the parent's first and last point; null without points. */
  readonly firstAt: string | null
  readonly lastAt: string | null
  /** The first 1,000, oldest first. */
  readonly series: readonly Series[]
}

/** What is measured at a parent, and over which span. `not_found`/`object_not_granted` for the parent. One network write. */
export async function listSeries(scope: TenantScope, store: OpenPointStore, parentId: string): Promise<ParentSeries> {
  const [parents, series, spans] = await scope.batch([
    parentStatement(store, parentId),
    seriesStatement(store, parentId, {}),
    ...(store.influx === undefined ? [spanStatement(scope, store, parentId)] : []),
  ])
  const parent = parents[0]
  if (!parent) throw await absence(scope, store.parent, parentId, store.parentWord)
  const span = store.influx === undefined ? spans?.[0] : await influxSpan(scope, store, store.influx, parentId)
  return { timeZone: parent.timeZone, firstAt: span?.firstAt ?? null, lastAt: span?.lastAt ?? null, series }
}

function spanStatement(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
): SqlFragment<{ firstAt: string | null; lastAt: string | null }> {
  return sql`select min(p.first_at) as first_at, max(p.last_at) as last_at from ${sql.identifier(store.points)} p
    where ${ownRows(scope, undefined, 'p')} and p.${sql.identifier(store.parentColumn)} = ${parentId}::uuid`
}
