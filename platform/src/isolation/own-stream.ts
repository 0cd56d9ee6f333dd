import { setImmediate as nextTurn } from 'node:timers/promises'
import { problemOf } from './database-problems.ts'
import type { RootScope } from './root-scope.ts'
import { Session } from './session.ts'
import { StatementRefused } from './statement-facts.ts'
import { Step } from './step.ts'
import { StreamHold } from './stream-hold.ts'

type Row = Record<string, unknown>

/** Rows that are fetched, and held in memory, at a time. */
const usualBatchSize = 100

/** Rows after which other requests have their turn. Reading and writing one takes a few microseconds. */
const turnAfter = 25

/** Milliseconds that a stream waits for a reader who is slow to take the next page. */
const idleTimeout = 60_000

/**
 * Rows by cursor, in a read-only transaction on a client of the slow lane. The client is given back when the iteration ends,
 * is left, or the scope's signal fires; a page is fetched only when it is asked for. A reader who has kept the client waiting
 * for half a minute in all makes room as soon as others wait for one: `timed_out`.
 */
export async function* ownStream(root: RootScope, asked: Step, batchSize = usualBatchSize): AsyncGenerator<Row, void, void> {
  requireBatchSize(batchSize)
  if (!asked.facts.reads) throw new StatementRefused('stream() is for statements that only read.')
  await root.logged()
  const { session, first } = await Session.begin(root, {
    lane: root.lanes.slow,
    readOnly: true,
    idleTimeout,
    firstSteps: () => [new Step(asked.facts, asked.values, batchSize, 'rows')],
  })
  const { signal } = root
  const onAbort = () => session.abandon(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const hold = new StreamHold(root.lanes.slow, session)
  try {
    let page = first[0] as Step
    while (true) {
      hold.begin()
      let taken = 0
      for (const row of page.rows) {
        // A reader who never waits would keep everybody else's requests waiting.
        if (++taken % turnAfter === 0) await nextTurn()
        signal?.throwIfAborted()
        yield row
      }
      hold.pause()
      if (!page.suspended) break
      signal?.throwIfAborted()
      page = page.next()
      await session.exchange({ steps: [page] })
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

/** Pages of a portal in a transaction that somebody else ends. */
export async function* pagesOf(
  first: Step,
  send: (page: Step) => Promise<void>,
  close: (portal: string) => Promise<void>,
): AsyncGenerator<Row, void, void> {
  if (first.maxRows === 0) first.maxRows = usualBatchSize
  requireBatchSize(first.maxRows)
  let page = first
  await send(page)
  try {
    while (true) {
      yield* page.rows
      if (!page.suspended) return
      page = page.next()
      await send(page)
    }
  } finally {
    // Left early: a failed or finished one is closed already.
    if (page.suspended) await close(page.portal)
  }
}

function requireBatchSize(batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new RangeError('batchSize is a whole number of at least 1.')
}
