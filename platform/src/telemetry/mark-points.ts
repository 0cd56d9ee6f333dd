import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { formatInstant } from './instant.ts'
import type { PackedRow } from './packed-row.ts'
import { type PointStore, pointsPerRow } from './point-store.ts'
import { tablesOf, workKindOf } from './point-tables.ts'
import { type RowQuarters, writeQuarters } from './quarter-marks.ts'
import { quarter } from './quarters.ts'

/** Fewer points than this and a row is worth merging with others. */
const looseBelow = pointsPerRow / 2

/**
 * The mark that an insert of a packed row leaves: which quarters of which of its series are out of date. Due when the last of them
 * is over, so that one that is being measured is computed once and not with each batch; what comes late is due in half a minute.
 * For a statement that has made `admitted (id)`, `used (place, id)`, the series' ids, and `stored (id)`, empty if the row was there.
 * It bears the row's id, and what the row's points add up to: see `roll-up.ts`.
 */
export function markInsert(store: PointStore, row: PackedRow, quarters: RowQuarters): SqlFragment {
  const { marks, parent } = tablesOf(store)
  return sql`insert into ${marks} (id, ${parent}, due_at, rows_added, first_at, last_at, series, quarters)
    select stored.id, admitted.id,
      greatest(tenantry.clock() + interval '30 seconds', ${formatInstant(endOfLast(row))}::timestamptz + interval '1 minute'),
      ${row.times.length < looseBelow ? 1 : 0}::int, ${formatInstant(row.firstAt)}::timestamptz, ${formatInstant(row.lastAt)}::timestamptz,
      (select array_agg(used.id order by used.place) from used), ${writeQuarters(quarters)}::bytea
    from admitted, stored
    returning due_at`
}

/** Columns of a select that see to it that the marks just made in `marked (due_at)` are looked at. */
export function planRollup(scope: TenantScope, store: PointStore): SqlFragment {
  return sql`(select count(tenantry.plan_work(${workKindOf(store)}, ${scope.context.tenantId}::uuid, marked.due_at)) from marked) as planned`
}

function endOfLast(row: PackedRow): number {
  return Math.floor(row.lastAt / quarter) * quarter + quarter
}
