import { sql } from '../isolation/statement.ts'
import type { RowBytes, TakenStatement, TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { timestampArray } from './binary-arrays.ts'
import { readBlock } from './point-block.ts'
import type { PointStore } from './point-store.ts'
import type { StoredRow } from './point-sweep.ts'
import { tablesOf } from './point-tables.ts'
import { readInstant, readUuid, readUuids } from './read-binary.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

/** Of a table of points called `p`: what `readRow` reads. */
export const rowColumns = sql`p.id, p.received_at, p.first_at, p.last_at, p.series, p.block`

export function readRow(columns: RowBytes, isWanted?: (seriesId: string) => boolean): StoredRow {
  const [id, receivedAt, firstAt, lastAt, ids, block] = columns as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer]
  const series = readUuids(ids)
  return {
    id: readUuid(id),
    receivedAt: readInstant(receivedAt),
    firstAt: readInstant(firstAt),
    lastAt: readInstant(lastAt),
    series,
    runs: readBlock(block, series, isWanted),
  }
}

/**
 * The packed rows of a parent that reach into spans and hold any of the series, with the points of those, in the order in which rows
 * begin. A row that reaches into two spans comes twice.
 *
 * `offset 0` has the planner walk the index once per span: it does not know that spans are few and begins at the oldest row.
 */
export function storedRows(
  scope: TenantScope,
  store: PointStore,
  { parentId, ids }: { readonly parentId: string; readonly ids: readonly string[] },
  spans: readonly Span[],
  take: (row: StoredRow) => void,
): TakenStatement {
  const { points, parent } = tablesOf(store)
  const [starts, ends] = [spans.map(({ start }) => start), spans.map(({ end }) => end)]
  const wanted = new Set(ids)
  return {
    statement: sql`select ${rowColumns}
      from unnest(${timestampArray(starts)}::timestamptz[], ${timestampArray(ends)}::timestamptz[]) span (start_at, end_at)
        cross join lateral (
          select p.* from ${points} p
          where ${ownRows(scope, undefined, 'p')} and p.${parent} = ${parentId}::uuid
            and p.last_at >= span.start_at and p.first_at < span.end_at and p.series && ${ids}::uuid[]
          offset 0
        ) p
      order by p.first_at`,
    take: (columns) => take(readRow(columns, (seriesId) => wanted.has(seriesId))),
  }
}
