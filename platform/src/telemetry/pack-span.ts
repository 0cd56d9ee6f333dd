import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { SnapshotScope, TakenStatement, TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { chunksOf } from './chunks.ts'
import { partOfRow, type RowPoints } from './part-of-row.ts'
import { writeBlock } from './point-block.ts'
import type { PointRun } from './point-runs.ts'
import { seriesIdsStatement } from './point-statements.ts'
import type { PointStore } from './point-store.ts'
import { PointSweep, type StoredRow } from './point-sweep.ts'
import { tablesOf } from './point-tables.ts'
import { instantLiteral } from './quarters.ts'
import { readRow, rowColumns, type Span } from './stored-rows.ts'

export interface PackedSpan extends Span {
  /** Only rows received before are taken: what is received later wins over the chunks. RFC 3339. */
  readonly receivedBefore: string
}

/** Rows of one network write. Between two of them others have their turn. */
const rowsAtOnce = 2

/**
 * Packs a span of a parent anew: its points sorted by series and time, those that count, of series that are still there, in rows as
 * full as may be. In the transaction that holds the parent, so that whoever dies or reads sees all of the old rows or all of the new ones.
 *
 * Every row of the span that was received in time is taken, full ones too: a chunk bears the time at which the last of them was
 * received, and must not win over a row that it left out. What a row has outside of the span stays in it.
 */
export async function packSpan(held: SnapshotScope, store: PointStore, parentId: string, span: PackedSpan): Promise<void> {
  const ids = (await held.first(seriesIdsStatement(store, parentId, {})))?.ids ?? []
  const kept = new Map<string, PointRun[]>(ids.map((id) => [id, []]))
  const sweep = new PointSweep(ids, (id, run) => kept.get(id)?.push(run))
  const isInside = (time: number) => time >= span.start && time < span.end
  const rest: NewRow[] = []
  let receivedAt = 0
  await held.take([
    takenRows(held, store, parentId, span, (row) => {
      receivedAt = Math.max(receivedAt, row.receivedAt)
      if (isInside(row.firstAt) && isInside(row.lastAt)) return sweep.add(row)
      const outside = partOfRow(row, (time) => !isInside(time))
      if (outside.count > 0) rest.push({ ...row, ...outside })
      // It comes in its turn as the row that it was: the next one may begin before its part does.
      sweep.add({ ...row, ...partOfRow(row, isInside), firstAt: row.firstAt })
    }),
  ])
  sweep.finish()
  const chunks = chunksOf(kept).map((chunk) => ({ ...chunk, id: null, receivedAt }))
  await storeRows(held, store, parentId, rest)
  await storeRows(held, store, parentId, chunks)
}

function takenRows(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  { start, end, receivedBefore }: PackedSpan,
  take: (row: StoredRow) => void,
): TakenStatement {
  const { points, parent } = tablesOf(store)
  return {
    statement: sql`with taken as (
        delete from ${points} p
        where ${ownRows(scope, undefined, 'p')} and p.${parent} = ${parentId}::uuid and p.last_at >= ${instantLiteral(start)}
          and p.first_at < ${instantLiteral(end)} and p.received_at < ${receivedBefore}::timestamptz
        returning ${rowColumns}
      )
      select * from taken order by first_at`,
    take: (columns) => take(readRow(columns)),
  }
}

interface NewRow extends RowPoints {
  /** Null for a row that was not there before. */
  readonly id: string | null
  readonly receivedAt: number
}

async function storeRows(held: TenantScope, store: PointStore, parentId: string, rows: Iterable<NewRow>): Promise<void> {
  const inserts: SqlFragment[] = []
  for (const row of rows) {
    if (inserts.push(rowInsert(store, parentId, row)) === rowsAtOnce) await held.batch(inserts.splice(0))
  }
  await held.batch(inserts)
}

function rowInsert(store: PointStore, parentId: string, row: NewRow): SqlFragment {
  const { points, parent } = tablesOf(store)
  return sql`insert into ${points} (id, ${parent}, received_at, first_at, last_at, count, series, block)
    select coalesce(${row.id}::uuid, tenantry.uuid7()), ${parentId}::uuid, ${instantLiteral(row.receivedAt)},
      ${instantLiteral(row.firstAt)}, ${instantLiteral(row.lastAt)}, ${row.count}::int,
      ${row.series}::uuid[], ${writeBlock(row.runs)}::bytea`
}
