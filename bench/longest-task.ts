import type { Page } from 'playwright-core'

/** Of the page's own thread: while it is at one task, it answers nobody. */
export interface LongestTask {
  readonly milliseconds: number
  /** What of it the processor worked; the rest it waited for other programs of the machine. */
  readonly processor: number
}

/** Tasks are in the second. */
const categories = '-*,devtools.timeline,disabled-by-default-devtools.timeline'

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds, on the clock and on the processor. */
  readonly dur?: number
  readonly tdur?: number
}

/** The longest task of the page while something is done, by the browser's own trace. */
export async function longestTaskWhile(page: Page, act: () => Promise<void>): Promise<LongestTask> {
  const devtools = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  devtools.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])))
  await devtools.send('Tracing.start', { transferMode: 'ReportEvents', categories })
  await act()
  const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve))
  await devtools.send('Tracing.end')
  await complete
  await devtools.detach()
  // React and the chart run where scripts run.
  const scripting = new Set(events.filter(({ name }) => name === 'FunctionCall').map(threadOf))
  const tasks = events.filter((event) => event.name === 'RunTask' && scripting.has(threadOf(event)))
  const longest = tasks.toSorted((one, other) => (other.dur ?? 0) - (one.dur ?? 0))[0]
  if (longest === undefined) throw new Error('The trace has no task of the page.')
  return { milliseconds: (longest.dur ?? 0) / 1_000, processor: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000 }
}

const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
