import type { Directory } from '../directory/directory.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { Problem } from '../problems/problem.ts'
import type { QuotaService } from '../quotas/quotas.ts'
import type { OpenPointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { rowId } from './row-id.ts'
import type { Lot } from './write-points.ts'

/** Takes the points of a call from the tenant's quota, where its plan has one. */
export interface PointMetering {
  readonly quotas: Pick<QuotaService, 'reserve' | 'commit' | 'release'>
  /** Whether the tenant has this limit. */
  readonly isMetered: (tenantId: string, meter: string) => Promise<boolean>
}

export function createPointMetering(quotas: PointMetering['quotas'], directory: Pick<Directory, 'tenantById'>): PointMetering {
  return {
    quotas,
    isMetered: async (tenantId, meter) => (await directory.tenantById(tenantId))?.limits.has(meter) === true,
  }
}

/**
 * Holds the quota of what a call would store, writes, and charges what was stored: a call that does not fit is refused whole, one that
 * is refused for another reason costs nothing, and a named lot that is stored already asks for nothing. A process that dies in between
 * leaves a hold, which ends by itself: then what it stored was free.
 *
 * @throws quota_exceeded
 */
export async function writeMetered(
  scope: TenantScope,
  store: OpenPointStore,
  lots: readonly Lot[],
  batch: string | undefined,
  write: () => Promise<{ readonly stored: number }>,
): Promise<{ readonly stored: number }> {
  const { meter, metering } = store
  if (meter === undefined || metering === undefined || !(await metering.isMetered(scope.context.tenantId, meter))) return write()
  const quantity = await newPoints(scope, store, lots, batch)
  if (quantity === 0) return write()
  const { key } = await metering.quotas.reserve(scope, { meter, quantity })
  let written: { readonly stored: number }
  try {
    written = await write()
  } catch (error) {
    // What became of a write that was not answered is not known: its hold ends by itself.
    const isRefusal = error instanceof Problem && error.status < 500
    if (isRefusal) await metering.quotas.release(scope, { meter, key })
    throw error
  }
  await metering.quotas.commit(scope, { meter, key, quantity: Math.min(written.stored, quantity) })
  return written
}

/** Of a named lot the points of those rows that are not there under its name; otherwise all. */
async function newPoints(
  scope: TenantScope,
  store: OpenPointStore,
  lots: readonly Lot[],
  batch: string | undefined,
): Promise<number> {
  const rows = lots.flatMap(({ parentId, rows: own }) =>
    own.map((row, index) => ({ points: row.times.length, id: rowId(scope, parentId, batch, index) })),
  )
  const { points, arrivals } = tablesOf(store)
  const ids = rows.map(({ id }) => id).filter((id) => id !== undefined)
  const known = new Set(
    ids.length === 0
      ? []
      : (
          await scope.run(
            sql<{ id: string }>`select id from ${store.influx === undefined ? points : arrivals} where id = any(${ids}::uuid[])`,
          )
        ).map(({ id }) => id),
  )
  return rows.reduce((sum, { id, points: count }) => (id !== undefined && known.has(id) ? sum : sum + count), 0)
}
