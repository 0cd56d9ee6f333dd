import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TakenStatement, TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { type RowQuarters, readQuarters } from './quarter-marks.ts'
import { readInstant, readInteger, readUuid, readUuids } from './read-binary.ts'

/** What a packed row left behind when it was stored. */
export interface Mark {
  readonly rowId: string
  readonly firstAt: number
  readonly lastAt: number
  /** Packed rows to be counted for the compaction of its first day. */
  readonly rowsAdded: number
  readonly series: readonly string[]
  /** Undefined: all from first to last. */
  readonly quarters: RowQuarters | undefined
}

/** Together what is added up within some milliseconds: packed rows of one mark each, and bytes of quarters. */
const marksAtOnce = 40
const bytesAtOnce = 200_000
/** Of each quarter of each series of a mark that does not name its quarters: a row of daily readings reaches over years of them. */
const bytesOfUnnamed = 6

/** Takes the oldest due marks of a parent away. */
export function takeMarks(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  dueBefore: SqlFragment,
  take: (mark: Mark) => void,
): TakenStatement {
  const { marks, parent } = tablesOf(store)
  const bytes = sql`coalesce(octet_length(due.quarters),
    ceil(extract(epoch from due.last_at - due.first_at) / 900 + 1) * cardinality(due.series) * ${bytesOfUnnamed}::int)`
  return {
    statement: sql`delete from ${marks} m where ${ownRows(scope, undefined, 'm')} and m.${parent} = ${parentId}::uuid and m.id = any(array(
        select id from (
          select due.id, sum(${bytes}) over (order by due.due_at, due.id) - ${bytes} as before
          from ${marks} due where ${ownRows(scope, undefined, 'due')} and due.${parent} = ${parentId}::uuid and due.due_at <= ${dueBefore}
          order by due.due_at, due.id limit ${marksAtOnce}::int
        ) first where before < ${bytesAtOnce}::int))
      returning m.id, m.first_at, m.last_at, m.rows_added, m.series, m.quarters`,
    take: (columns) => {
      const [id, firstAt, lastAt, rowsAdded, series] = columns as [Buffer, Buffer, Buffer, Buffer, Buffer]
      const quarters = columns[5]
      take({
        rowId: readUuid(id),
        firstAt: readInstant(firstAt),
        lastAt: readInstant(lastAt),
        rowsAdded: readInteger(rowsAdded),
        series: readUuids(series),
        quarters: quarters ? readQuarters(quarters) : undefined,
      })
    },
  }
}
