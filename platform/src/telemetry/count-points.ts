import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { InfluxStatement } from './influx/influx-statement.ts'
import type { OpenPointStore } from './point-store.ts'

/**
 * How many points a tenant has stored, of the series that the scope sees. In PostgreSQL what was sent twice counts twice until its
 * day is packed. Refuses with `store_unavailable` where points lie in InfluxDB and it does not answer.
 *
 * @example
 * const points = await countPoints(scope, services.points.open(bmsPoints))
 */
export async function countPoints(scope: TenantScope, store: OpenPointStore): Promise<number> {
  if (store.influx === undefined) {
    const counted = await scope.first(
      sql<{ points: number }>`select coalesce(sum(p.count), 0)::int8 as points
        from ${sql.identifier(store.points)} p where ${ownRows(scope, undefined, 'p')}`,
      { lane: 'slow' },
    )
    return counted?.points ?? 0
  }
  const series = await scope.run(
    sql<{ id: string }>`select s.id from ${sql.identifier(store.series)} s where ${ownRows(scope, undefined, 's')}`,
    { lane: 'read' },
  )
  const seen = new Set(series.map(({ id }) => id))
  if (seen.size === 0) return 0
  let points = 0
  for await (const { seriesId, rows } of store.influx.query([InfluxStatement.select(scope, store, ['count'], {})])) {
    if (!seen.has(seriesId)) continue
    for (const [, count] of rows) points += count ?? 0
  }
  return points
}
