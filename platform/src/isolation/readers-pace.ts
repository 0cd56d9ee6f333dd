import { setImmediate as nextTurn } from 'node:timers/promises'
import { problemOf } from './database-problems.ts'
import type { RootScope } from './root-scope.ts'
import type { Session } from './session.ts'
import { StreamHold } from './stream-hold.ts'

/** Rows after which other requests have their turn. Reading and writing one takes a few microseconds. */
const turnAfter = 25

/** Milliseconds that a client waits for a reader who is slow to take the next page. */
export const idleTimeout = 60_000

/**
 * Rows of pages that a client of the slow lane fetches. It is given back when the iteration ends, is left, or the scope's signal
 * fires. A reader who has kept it waiting for half a minute in all makes room as soon as others wait for one: `timed_out`.
 */
export async function* atReadersPace<T>(
  root: RootScope,
  begin: () => Promise<{ readonly session: Session; readonly pages: AsyncIterable<Iterable<T>> }>,
): AsyncGenerator<T, void, void> {
  const { session, pages } = await begin()
  const { signal } = root
  const onAbort = () => session.abandon(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const hold = new StreamHold(root.lanes.slow, session)
  try {
    for await (const page of pages) {
      hold.begin()
      let taken = 0
      for (const row of page) {
        // A reader who never waits would keep everybody else's requests waiting.
        if (++taken % turnAfter === 0) await nextTurn()
        signal?.throwIfAborted()
        yield row
      }
      hold.pause()
      signal?.throwIfAborted()
    }
    await session.commit()
  } catch (error) {
    signal?.throwIfAborted()
    throw problemOf(error, { writes: false })
  } finally {
    signal?.removeEventListener('abort', onAbort)
    await hold.over()
    if (session.inTransaction) await session.rollback()
    else session.release()
  }
}
