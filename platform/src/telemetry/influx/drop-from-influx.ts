import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { isVisible } from '../../resources/absence.ts'
import type { PointStore } from '../point-store.ts'
import type { InfluxDatabase } from './influx-database.ts'
import { InfluxStatement } from './influx-statement.ts'

/** Removes what one parent measured before an instant. InfluxDB 3 takes nothing away on demand: there its own retention does it. */
export async function dropFromInflux(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  parentId: string,
  before: number,
): Promise<void> {
  if (!(await isVisible(scope, store.parent, parentId))) return
  for await (const _ of influx.query([InfluxStatement.delete(scope, store, { parentId, end: before })]));
}
