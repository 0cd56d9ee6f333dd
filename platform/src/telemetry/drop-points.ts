import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { onDay, storedHours } from './hour-rollups.ts'
import { dropFromInflux } from './influx/drop-from-influx.ts'
import { holdingParent } from './parent-lock.ts'
import type { OpenPointStore, PointStore } from './point-store.ts'
import { type PointTables, tablesOf } from './point-tables.ts'
import { instantLiteral, quarter } from './quarters.ts'

const parentsAtOnce = 100
const rowsAtOnce = 500
const rollupsAtOnce = 20_000

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
    store.influx === undefined
      ? dropOfParent(scope, store, id, instantLiteral(before))
      : dropFromInflux(scope, store, store.influx, id, before)
  if (parentId !== undefined) return drop(parentId)
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const parents = await scope.run(parentsAfter(scope, store, after), { lane: 'read' })
    for (const { id } of parents) await drop(id)
    const last = parents.at(-1)
    if (last === undefined || parents.length < parentsAtOnce) return
    after = last.id
  }
}

async function dropOfParent(scope: TenantScope, store: PointStore, parentId: string, before: SqlFragment): Promise<void> {
  const tables = tablesOf(store)
  const repeat = async (statement: SqlFragment<{ rows: number }>, most: number) => {
    const once = () => holdingParent(scope, store, parentId, (held) => held.first(statement))
    while (((await once())?.rows ?? 0) === most);
  }
  await repeat(dropRows(scope, tables, parentId, before), rowsAtOnce)
  await repeat(cutRows(scope, tables, parentId, before), rowsAtOnce)
  await holdingParent(scope, store, parentId, (held) => held.run(dropHours(scope, tables, parentId, before)))
  await repeat(dropRollups(scope, tables, parentId, before), rollupsAtOnce)
}

function parentsAfter(scope: TenantScope, store: PointStore, after: string): SqlFragment<{ id: string }> {
  return sql<{ id: string }>`select parent.id from ${sql.identifier(store.parent)} parent
    where ${ownRows(scope, undefined, 'parent')} and parent.id > ${after}::uuid order by parent.id limit ${parentsAtOnce}`
}

type Count = SqlFragment<{ rows: number }>

function dropRows(scope: TenantScope, { points, parent }: PointTables, parentId: string, before: SqlFragment): Count {
  return sql<{ rows: number }>`with gone as (
      delete from ${points} p where ${ownRows(scope, undefined, 'p')} and p.id = any(array(
        select old.id from ${points} old
        where ${ownRows(scope, undefined, 'old')} and old.${parent} = ${parentId}::uuid and old.last_at < ${before} limit ${rowsAtOnce}))
      returning id
    ) select count(*)::int as rows from gone`
}

/** Rows that reach over the instant keep their place among the others: id and time of receipt stay. */
function cutRows(scope: TenantScope, { points, parent }: PointTables, parentId: string, before: SqlFragment): Count {
  return sql<{ rows: number }>`with reaching as (
      select p.id from ${points} p
      where ${ownRows(scope, undefined, 'p')} and p.${parent} = ${parentId}::uuid and p.last_at >= ${before} and p.first_at < ${before}
      limit ${rowsAtOnce}
    ),
    left_over as (
      select p.id, min(at) as first_at, array_agg(slot order by place) as slots, array_agg(at order by place) as times,
        array_agg(value order by place) as "values"
      from ${points} p cross join unnest(p.slots, p.times, p."values") with ordinality as point (slot, at, value, place)
      where ${ownRows(scope, undefined, 'p')} and p.id in (select id from reaching) and at >= ${before} group by p.id
    ),
    cut as (
      update ${points} p set first_at = l.first_at, slots = l.slots, times = l.times, "values" = l."values"
      from left_over l where ${ownRows(scope, undefined, 'p')} and p.id = l.id returning p.id
    )
    select count(*)::int as rows from cut`
}

function dropRollups(scope: TenantScope, { rollups, series, parent }: PointTables, parentId: string, before: SqlFragment): Count {
  return sql<{ rows: number }>`with gone as (
      delete from ${rollups} r where ${ownRows(scope, undefined, 'r')} and (r.series_id, r.bucket) in (
        select old.series_id, old.bucket from ${rollups} old join ${series} s on s.id = old.series_id
        where ${ownRows(scope, undefined, 'old')} and ${ownRows(scope, undefined, 's')} and s.${parent} = ${parentId}::uuid
          and old.bucket < ${before}
        limit ${rollupsAtOnce})
      returning series_id
    ) select count(*)::int as rows from gone`
}

/** The day in which the instant lies keeps the hours of the quarters that stay. Days go by in one statement: there are few. */
function dropHours(scope: TenantScope, tables: PointTables, parentId: string, before: SqlFragment): SqlFragment {
  const { hours, rollups, series, parent } = tables
  const day = sql`(${before} at time zone 'UTC')::date`
  return sql`with wanted as materialized (
      select s.id from ${series} s where ${ownRows(scope, undefined, 's')} and s.${parent} = ${parentId}::uuid
    ),
    gone as (
      delete from ${hours} h where ${ownRows(scope, undefined, 'h')} and h.series_id in (select id from wanted) and h.day < ${day}
    ),
    days as materialized (select id as series_id, ${day} as day from wanted),
    day_quarters as (
      select r.* from days cross join lateral (
        select days.day, r.series_id, r.bucket, r.count, r.sum, r.min, r.max, r.last from ${rollups} r
        where ${ownRows(scope, undefined, 'r')} and r.series_id = days.series_id and r.bucket >= ${before} and ${onDay(sql`r.bucket`, sql`days.day`)}
        offset 0
      ) r
    ),
    ${storedHours(scope, tables, parentId)}
    select`
}
