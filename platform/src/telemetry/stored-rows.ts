import { sql } from '../isolation/statement.ts'
import type { TakenStatement, TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { timestampArray } from './binary-arrays.ts'
import { type PointStore, pointsPerRow } from './point-store.ts'
import type { StoredRow } from './point-sweep.ts'
import { tablesOf } from './point-tables.ts'
import { readFloats, readInstant, readInstants, readSmallints, readUuid, readUuids } from './read-binary.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * The packed rows of a parent that reach into spans and hold any of the series, as they are stored and in the order in which they
 * begin. A row that reaches into two spans comes twice. Its lists are those of the next row afterwards.
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
  const statement = sql`select p.id, p.received_at, p.first_at, p.series, p.slots, p.times, p."values"
    from unnest(${timestampArray(starts)}::timestamptz[], ${timestampArray(ends)}::timestamptz[]) span (start_at, end_at)
      cross join lateral (
        select p.* from ${points} p
        where ${ownRows(scope, undefined, 'p')} and p.${parent} = ${parentId}::uuid
          and p.last_at >= span.start_at and p.first_at < span.end_at and p.series && ${ids}::uuid[]
        offset 0
      ) p
    order by p.first_at`
  const scratch = {
    slots: new Int16Array(pointsPerRow),
    times: new Float64Array(pointsPerRow),
    values: new Float64Array(pointsPerRow),
  }
  return {
    statement,
    take: (columns) => {
      const [id, receivedAt, firstAt, series, slots, times, values] = columns as Buffer[] as [
        Buffer,
        Buffer,
        Buffer,
        Buffer,
        Buffer,
        Buffer,
        Buffer,
      ]
      take({
        id: readUuid(id),
        receivedAt: readInstant(receivedAt),
        firstAt: readInstant(firstAt),
        series: readUuids(series),
        slots: readSmallints(slots, scratch.slots),
        times: readInstants(times, scratch.times),
        values: readFloats(values, scratch.values),
      })
    },
  }
}
