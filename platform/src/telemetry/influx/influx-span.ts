import type { TenantScope } from '../../isolation/tenant-scope.ts'
import type { PointStore } from '../point-store.ts'
import { timeText } from '../time-text.ts'
import type { InfluxDatabase } from './influx-database.ts'
import { InfluxStatement } from './influx-statement.ts'

/** Times of a parent's first and last point; undefined without points. */
export async function influxSpan(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  parentId: string,
): Promise<{ readonly firstAt: string; readonly lastAt: string } | undefined> {
  const edges: number[] = []
  const asked = (['first', 'last'] as const).map((which) => InfluxStatement.edge(scope, store, which, parentId))
  for await (const { statement, rows } of influx.query(asked)) edges[statement] = rows[0]?.[0] as number
  const [first, last] = edges
  return first === undefined || last === undefined ? undefined : { firstAt: timeText(first), lastAt: timeText(last) }
}
