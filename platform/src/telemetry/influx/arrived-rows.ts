import { type SqlFragment, sql } from '../../isolation/statement.ts'
import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { ownRows } from '../../resources/own-rows.ts'
import { formatInstant } from '../instant.ts'
import type { PackedRow } from '../packed-row.ts'
import { runsOf, writeBlock } from '../point-block.ts'
import { mostToldSingly, type PointStore } from '../point-store.ts'
import { tablesOf, workKindOf } from '../point-tables.ts'

export interface ArrivedRow {
  readonly parentId: string
  readonly row: PackedRow
  /** Of a named lot: the same each time. */
  readonly id: string | undefined
  readonly seriesIds: readonly string[]
}

const kept = sql`interval '1 day'`
const rowsAtOnce = 1_000

/** Notes what InfluxDB has just stored, for live streams of every node and for lots that are sent again. */
export async function rememberArrivals(scope: TenantScope, store: PointStore, rows: readonly ArrivedRow[]): Promise<void> {
  const plan = sql`select tenantry.plan_work(${workKindOf(store)}, ${scope.context.tenantId}::uuid, tenantry.clock() + ${kept})`
  await scope.batch([...rows.map((each) => arrivalInsert(store, each)), plan], { lane: 'write' })
}

function arrivalInsert(store: PointStore, { parentId, row, id, seriesIds }: ArrivedRow): SqlFragment {
  const { arrivals, parent } = tablesOf(store)
  const isTold = row.times.length <= mostToldSingly
  return sql`insert into ${arrivals} (id, ${parent}, first_at, last_at, count, series, block)
    select coalesce(${id ?? null}::uuid, tenantry.uuid7()), parent.id, ${formatInstant(row.firstAt)}::timestamptz,
      ${formatInstant(row.lastAt)}::timestamptz, ${row.times.length}::int, ${isTold ? `{${seriesIds.join(',')}}` : null}::uuid[],
      ${isTold ? writeBlock(runsOf(row, seriesIds.length)) : null}::bytea
    from ${sql.identifier(store.parent)} parent where parent.id = ${parentId}::uuid
    on conflict (tenant_id, id) do nothing`
}

/** Takes away a round of what is older than a day. Answers how many rows, and when the next is due. */
export async function forgetArrivals(
  scope: TenantScope,
  store: PointStore,
): Promise<{ readonly rows: number; readonly dueAt: string | null }> {
  const { arrivals } = tablesOf(store)
  const own = (alias: string) => ownRows(scope, undefined, alias)
  const gone = await scope.run(sql`delete from ${arrivals} a where ${own('a')} and a.id = any(array(
      select old.id from ${arrivals} old where ${own('old')} and old.received_at < tenantry.clock() - ${kept}
      order by old.received_at limit ${rowsAtOnce}))
    returning a.id`)
  const next = await scope.first(
    sql<{ dueAt: string | null }>`select min(a.received_at) + ${kept} as due_at from ${arrivals} a where ${own('a')}`,
    { lane: 'read' },
  )
  return { rows: gone.length, dueAt: next?.dueAt ?? null }
}
