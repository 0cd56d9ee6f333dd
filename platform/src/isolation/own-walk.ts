import { atReadersPace, idleTimeout } from './readers-pace.ts'
import type { RootScope } from './root-scope.ts'
import { Session } from './session.ts'
import type { SnapshotScope } from './tenant-scope.ts'
import { TransactionScope } from './transaction-scope.ts'

/** What is made of rows, in a snapshot: a page is made only when it is asked for. */
export function ownWalk<T>(
  root: RootScope,
  work: (reading: SnapshotScope) => AsyncIterable<Iterable<T>>,
): AsyncGenerator<T, void, void> {
  return atReadersPace(root, async () => {
    await root.logged()
    const { session } = await Session.begin(root, {
      lane: root.lanes.slow,
      readOnly: true,
      snapshot: true,
      idleTimeout,
      firstSteps: () => [],
    })
    return { session, pages: made(new TransactionScope(root.context, session), work) }
  })
}

async function* made<T>(
  reading: TransactionScope,
  work: (reading: SnapshotScope) => AsyncIterable<Iterable<T>>,
): AsyncGenerator<Iterable<T>, void, void> {
  try {
    yield* work(reading)
  } finally {
    reading.end()
  }
}
