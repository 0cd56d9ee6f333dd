// Runs in a thread of its own: reads in scopes and makes text of what it read, so that whoever waits for the event loop of the server
// does not wait for that.
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { createIsolation } from '../isolation.ts'
import type { ScopeContext } from '../tenant-scope.ts'
import { type Order, piecesAhead, refusalOf, type ThreadSettings, type Told } from './messages.ts'
import type { TextWork } from './text-work.ts'

const port = parentPort as MessagePort
const { url, lanes, prepared } = workerData as ThreadSettings
const tell = (told: Told) => port.postMessage(told)
const statisticsEvery = 250

interface Job {
  readonly abort: AbortController
  ahead: number
  /** Told when the other side took a piece, or left. */
  goOn: () => void
}

const jobs = new Map<number, Job>()
const underWay = new Set<Promise<void>>()
const isolation = createIsolation({
  url,
  lanes,
  prepared,
  logger: {
    warn: (details, message) => tell({ kind: 'warning', error: refusalOf((details as { err?: unknown }).err).error, message }),
  },
  onWorked: (tenantId, milliseconds) => tell({ kind: 'worked', tenantId, milliseconds }),
})

async function run(id: number, order: Extract<Order, { kind: 'begin' }>): Promise<void> {
  const job: Job = { abort: new AbortController(), ahead: 0, goOn: () => undefined }
  jobs.set(id, job)
  try {
    for await (const text of await textOf(order, order.context, job.abort.signal)) {
      job.abort.signal.throwIfAborted()
      tell({ kind: 'piece', id, text })
      job.ahead++
      while (job.ahead >= piecesAhead && !job.abort.signal.aborted) await new Promise<void>((resolve) => (job.goOn = resolve))
    }
    tell({ kind: 'end', id })
  } catch (error) {
    tell({ kind: 'refusal', id, refusal: refusalOf(error) })
  } finally {
    jobs.delete(id)
  }
}

async function textOf(
  { module, name, told }: Extract<Order, { kind: 'begin' }>,
  { tenantId, actor, reach, origin }: ScopeContext,
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  const exported: Record<string, TextWork<unknown> | undefined> = await import(module)
  const work = exported[name]
  if (work === undefined) throw new Error(`${module} exports no ${name}.`)
  return work.run(isolation.scope({ tenantId, actor, reach, origin, signal }), told)
}

/** What was begun is told to its end, though PostgreSQL may be done with it; then nothing keeps the thread. */
async function close(): Promise<void> {
  await Promise.all(underWay)
  await isolation.close()
  port.close()
}

function obey(order: Order): void {
  if (order.kind === 'begin') {
    const work = run(order.id, order).finally(() => underWay.delete(work))
    underWay.add(work)
  } else if (order.kind === 'close') void close()
  else {
    const job = jobs.get(order.id)
    if (order.kind === 'more' && job) job.ahead--
    if (order.kind === 'leave') job?.abort.abort()
    job?.goOn()
  }
}

/** On Linux a thread has a priority of its own: what is reckoned here waits for what is answered at once. Elsewhere it is the process's. */
function yieldToRequests(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // No such thing here, or not allowed: it is as fast as the others.
  }
}

yieldToRequests()
let last = ''
setInterval(() => {
  const { slow } = isolation.statistics()
  const now = JSON.stringify(slow)
  if (now !== last) tell({ kind: 'statistics', slow })
  last = now
}, statisticsEvery).unref()
port.on('message', obey)
tell({ kind: 'ready' })
