import type { RootScope } from './root-scope.ts'
import { Session } from './session.ts'
import type { SnapshotScope } from './tenant-scope.ts'
import { TransactionScope } from './transaction-scope.ts'

/** Milliseconds that a snapshot may wait for our next statement: between them there is arithmetic and nothing else. */
const idleTimeout = 5_000

/**
 * A read-only transaction in the slow lane whose statements all see what the first one saw. There is nothing to commit, so nobody
 * waits for its end. When the scope's signal fires, its client is given up whatever it is doing.
 */
export async function ownSnapshot<T>(root: RootScope, work: (reading: SnapshotScope) => Promise<T>): Promise<T> {
  await root.logged()
  const { session } = await Session.begin(root, {
    lane: root.lanes.slow,
    readOnly: true,
    snapshot: true,
    idleTimeout,
    firstSteps: () => [],
  })
  const { signal } = root
  const onAbort = () => session.abandon(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const reading = new TransactionScope(root.context, session)
  try {
    return await work(reading)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', onAbort)
    reading.end()
    void session.rollback()
  }
}
