import { atReadersPace, idleTimeout } from './readers-pace.ts'
import type { RootScope } from './root-scope.ts'
import { Session } from './session.ts'
import { StatementRefused } from './statement-facts.ts'
import { Step } from './step.ts'

type Row = Record<string, unknown>

/** Rows that are fetched, and held in memory, at a time. */
const usualBatchSize = 100

/** Rows by cursor, in a read-only transaction: a page is fetched only when it is asked for. */
export function ownStream(root: RootScope, asked: Step, batchSize = usualBatchSize): AsyncGenerator<Row, void, void> {
  return atReadersPace(root, async () => {
    requireBatchSize(batchSize)
    if (!asked.facts.reads) throw new StatementRefused('stream() is for statements that only read.')
    await root.logged()
    const { session, first } = await Session.begin(root, {
      lane: root.lanes.slow,
      readOnly: true,
      idleTimeout,
      firstSteps: () => [new Step(asked.facts, asked.values, batchSize, 'rows')],
    })
    return { session, pages: fetched(session, first[0] as Step) }
  })
}

async function* fetched(session: Session, first: Step): AsyncGenerator<readonly Row[], void, void> {
  for (let page = first; ; ) {
    yield page.rows
    if (!page.suspended) return
    page = page.next()
    await session.exchange({ steps: [page] })
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
