import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { compactPoints } from './compact-points.ts'
import { forgetArrivals } from './influx/arrived-rows.ts'
import type { OpenPointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { rollUpPoints } from './roll-up.ts'

/** What came of one turn: whether there was anything to do, and when there is again; null for nothing in sight. */
export interface Turn {
  readonly worked: boolean
  readonly dueAt: string | null
}

/** Does what is due for a tenant's points, a round of it: one with much to do goes behind the others that wait. */
export async function keepPoints(scope: TenantScope, store: OpenPointStore, signal: AbortSignal): Promise<Turn> {
  const marks = await rollUpPoints(scope, store, { signal })
  const days = signal.aborted ? 0 : await compactPoints(scope, store, { signal })
  // What lies in PostgreSQL is kept as before, also after the points moved to InfluxDB.
  const arrived = store.influx === undefined ? { rows: 0, dueAt: null } : await forgetArrivals(scope, store)
  const { marks: markTable, days: dayTable } = tablesOf(store)
  const next = await scope.first(
    sql<{ dueAt: string | null }>`select least(
        (select min(m.due_at) from ${markTable} m where ${ownRows(scope, undefined, 'm')}),
        (select min(d.due_at) from ${dayTable} d where ${ownRows(scope, undefined, 'd')})) as due_at`,
    { lane: 'read' },
  )
  const due = [next?.dueAt, arrived.dueAt].filter((at) => typeof at === 'string').sort()
  return { worked: marks + days + arrived.rows > 0, dueAt: due[0] ?? null }
}
