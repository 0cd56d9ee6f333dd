import { sql } from '../isolation/statement.ts'
import type { SnapshotScope, TenantScope } from '../isolation/tenant-scope.ts'
import type { PointStore } from './point-store.ts'

/**
 * A transaction in which nobody else rolls up, compacts or drops points of this parent. Writers and readers never wait for it.
 * The lock is a statement of its own, so that those after it see what its last holder committed.
 */
export function holdingParent<T>(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  work: (held: SnapshotScope) => Promise<T>,
): Promise<T> {
  const name = JSON.stringify([scope.context.tenantId, store.points, parentId])
  return scope.transaction(async (transaction) => {
    await transaction.run(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 7462))`, { lane: 'write' })
    // What it sees from here on is not of one moment, but nobody else changes it.
    return transaction.snapshot(work)
  })
}
