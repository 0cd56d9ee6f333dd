import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { eachInTurn } from './each-in-turn.ts'
import { holdingParent } from './parent-lock.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { rollupStatement } from './rollup-statement.ts'

export interface UpkeepOptions {
  /** Also what is not due yet. */
  readonly all?: boolean
  readonly signal?: AbortSignal
}

/** One round of `rollUpPoints` looks at so many parents. */
const parentsAtOnce = 100

/**
 * Brings rollups of one tenant up to date, one transaction for a few packed rows each, so that stopping or dying anywhere loses
 * nothing. Answers the number of marks that were worked off; call it until that is 0.
 *
 * @example
 * while ((await rollUpPoints(scope, bmsPoints)) > 0);
 */
export async function rollUpPoints(scope: TenantScope, store: PointStore, options: UpkeepOptions = {}): Promise<number> {
  const due = dueBefore(options)
  let worked = 0
  await eachInTurn(await scope.run(dueParents(scope, store, due), { lane: 'read' }), async ({ parentId }) => {
    for (let marks = 1; marks > 0; worked += marks) {
      if (options.signal?.aborted) return
      marks = await holdingParent(scope, store, parentId, async (transaction) => {
        return (await transaction.first(rollupStatement(transaction, store, parentId, due)))?.marks ?? 0
      })
    }
  })
  return worked
}

export function dueBefore({ all = false }: UpkeepOptions): SqlFragment {
  return all ? sql`'infinity'::timestamptz` : sql`tenantry.clock()`
}

function dueParents(scope: TenantScope, store: PointStore, due: SqlFragment): SqlFragment<{ parentId: string }> {
  const { marks, parent } = tablesOf(store)
  return sql<{ parentId: string }>`select m.${parent} as parent_id from ${marks} m
    where ${ownRows(scope, undefined, 'm')} and m.due_at <= ${due}
    group by m.${parent} order by min(m.due_at) limit ${parentsAtOnce}`
}
