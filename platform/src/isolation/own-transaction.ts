import { problems } from '../problems/catalogue.ts'
import { problemOf } from './database-problems.ts'
import type { RootScope } from './root-scope.ts'
import { Session } from './session.ts'
import type { TenantScope } from './tenant-scope.ts'
import { TransactionScope } from './transaction-scope.ts'

/** Milliseconds that a transaction may wait for our next statement: longer means that somebody called the network inside it. */
const idleTimeout = 5_000

/** An interactive transaction: committed when `work` resolves, rolled back when it throws or the scope's signal fired. */
export async function ownTransaction<T>(root: RootScope, work: (scope: TenantScope) => Promise<T>): Promise<T> {
  await root.logged()
  const lane = root.lanes.interactive
  const { session } = await Session.begin(root, { lane, readOnly: false, idleTimeout, firstSteps: () => [] })
  const scope = new TransactionScope(root.context, session)
  let result: T
  try {
    result = await work(scope)
    root.signal?.throwIfAborted()
  } catch (error) {
    scope.end()
    await session.rollback()
    throw error
  }
  scope.end()
  await commit(session, scope)
  return result
}

async function commit(session: Session, scope: TransactionScope): Promise<void> {
  let committed: boolean
  try {
    committed = await session.commit()
  } catch (error) {
    throw problemOf(error, { writes: true })
  } finally {
    session.release()
  }
  if (!committed) {
    throw scope.firstFailure ?? problems.internal('The transaction was rolled back by the database; nothing was stored.')
  }
}
