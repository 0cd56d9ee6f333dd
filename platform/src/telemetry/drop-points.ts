import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { RowBytes, SnapshotScope, TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { type DayRollup, dayLength, storeDays, storedDays } from './day-rollups.ts'
import { dropFromInflux } from './influx/drop-from-influx.ts'
import { holdingParent } from './parent-lock.ts'
import { partOfRow } from './part-of-row.ts'
import { writeBlock } from './point-block.ts'
import { seriesIdsStatement } from './point-statements.ts'
import type { OpenPointStore, PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { instantLiteral, quarter } from './quarters.ts'
import { readRow, rowColumns } from './stored-rows.ts'

const parentsAtOnce = 100
const rowsAtOnce = 500
/** Rows that are taken apart, and written anew. */
const cutAtOnce = 50
const daysAtOnce = 2_000
const daysCutAtOnce = 500

/**
 * Removes what was measured before an instant (microseconds since 1970 UTC, rounded down to a quarter of an hour), of one parent or
 * of all: the hook for retention. Many small transactions; called again it goes on where it was stopped.
 *
 * @example
 * await dropPointsBefore(scope, bmsPoints, undefined, Date.UTC(2024, 0, 1) * 1_000)
 */
export async function dropPointsBefore(
  scope: TenantScope,
  store: OpenPointStore,
  parentId: string | undefined,
  instant: number,
): Promise<void> {
  const before = Math.floor(instant / quarter) * quarter
  const drop = (id: string) =>
    store.influx === undefined ? dropOfParent(scope, store, id, before) : dropFromInflux(scope, store, store.influx, id, before)
  if (parentId !== undefined) return drop(parentId)
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const parents = await scope.run(parentsAfter(scope, store, after), { lane: 'read' })
    for (const { id } of parents) await drop(id)
    const last = parents.at(-1)
    if (last === undefined || parents.length < parentsAtOnce) return
    after = last.id
  }
}

async function dropOfParent(scope: TenantScope, store: PointStore, parentId: string, before: number): Promise<void> {
  const repeat = async (most: number, work: (held: SnapshotScope) => Promise<number>) => {
    while ((await holdingParent(scope, store, parentId, work)) === most);
  }
  await repeat(rowsAtOnce, (held) => rowsOf(held, dropRows(held, store, parentId, before)))
  await repeat(cutAtOnce, (held) => cutRows(held, store, parentId, before))
  await repeat(daysAtOnce, (held) => rowsOf(held, dropDays(held, store, parentId, before)))
  const series = await scope.first(seriesIdsStatement(store, parentId, {}), { lane: 'read' })
  for (let ids = series?.ids ?? []; ids.length > 0; ids = ids.slice(daysCutAtOnce)) {
    await holdingParent(scope, store, parentId, (held) => cutDays(held, store, parentId, ids.slice(0, daysCutAtOnce), before))
  }
}

function parentsAfter(scope: TenantScope, store: PointStore, after: string): SqlFragment<{ id: string }> {
  return sql<{ id: string }>`select parent.id from ${sql.identifier(store.parent)} parent
    where ${ownRows(scope, undefined, 'parent')} and parent.id > ${after}::uuid order by parent.id limit ${parentsAtOnce}`
}

type Count = SqlFragment<{ rows: number }>

async function rowsOf(held: TenantScope, statement: Count): Promise<number> {
  return (await held.first(statement))?.rows ?? 0
}

function dropRows(scope: TenantScope, store: PointStore, parentId: string, before: number): Count {
  const { points, parent } = tablesOf(store)
  return sql<{ rows: number }>`with gone as (
      delete from ${points} p where ${ownRows(scope, undefined, 'p')} and p.id = any(array(
        select old.id from ${points} old
        where ${ownRows(scope, undefined, 'old')} and old.${parent} = ${parentId}::uuid and old.last_at < ${instantLiteral(before)}
        limit ${rowsAtOnce}))
      returning id
    ) select count(*)::int as rows from gone`
}

/** Rows that reach over the instant keep their place among the others: id and time of receipt stay. */
async function cutRows(held: SnapshotScope, store: PointStore, parentId: string, before: number): Promise<number> {
  const { points, parent } = tablesOf(store)
  const updates: SqlFragment[] = []
  const statement = sql`select ${rowColumns} from ${points} p
    where ${ownRows(held, undefined, 'p')} and p.${parent} = ${parentId}::uuid and p.last_at >= ${instantLiteral(before)}
      and p.first_at < ${instantLiteral(before)}
    limit ${cutAtOnce}`
  const take = (columns: RowBytes) => {
    const row = readRow(columns)
    const { series, runs, firstAt, count } = partOfRow(row, (time) => time >= before)
    updates.push(sql`update ${points} p
      set first_at = ${instantLiteral(firstAt)}, count = ${count}::int, series = ${series}::uuid[], block = ${writeBlock(runs)}::bytea
      where ${ownRows(held, undefined, 'p')} and p.id = ${row.id}::uuid`)
  }
  await held.take([{ statement, take }])
  await held.batch(updates)
  return updates.length
}

function dropDays(scope: TenantScope, store: PointStore, parentId: string, before: number): Count {
  const { rollups, series, parent } = tablesOf(store)
  return sql<{ rows: number }>`with gone as (
      delete from ${rollups} r where ${ownRows(scope, undefined, 'r')} and (r.series_id, r.day) in (
        select old.series_id, old.day from ${rollups} old join ${series} s on s.id = old.series_id
        where ${ownRows(scope, undefined, 'old')} and ${ownRows(scope, undefined, 's')} and s.${parent} = ${parentId}::uuid
          and old.day < (${instantLiteral(before)} at time zone 'UTC')::date
        limit ${daysAtOnce})
      returning series_id
    ) select count(*)::int as rows from gone`
}

/** The day in which the instant lies keeps its later quarters. */
async function cutDays(
  held: SnapshotScope,
  store: PointStore,
  parentId: string,
  ids: readonly string[],
  before: number,
): Promise<void> {
  const day = Math.floor(before / dayLength) * dayLength
  const days: DayRollup[] = []
  const pairs = ids.map((seriesId) => ({ seriesId, day }))
  await held.take([storedDays(held, store, pairs, (each) => days.push(each))])
  for (const { quarters } of days) quarters.counts.fill(0, 0, (before - day) / quarter)
  await held.batch(storeDays(held, store, parentId, days))
}
