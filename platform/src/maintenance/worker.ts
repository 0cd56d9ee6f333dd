import type { Logger } from 'pino'
import { type Depth, type MaintenanceReport, maintain } from './maintain.ts'
import { ChangePruner } from './prune.ts'
import type { Retention } from './retention.ts'

export interface MaintenanceWorkerOptions {
  readonly adminUrl: string
  readonly directoryUrl: string
  readonly retention?: Retention
  readonly logger: Logger
}

export interface MaintenanceWorker {
  /** A full round now, after the one at work. Undefined while another process is at it. */
  run(): Promise<MaintenanceReport | undefined>
  /** Waits for the round at work. */
  close(): Promise<void>
}

const everyMinute = 60_000
/** A full round visits every tenant. */
const fullRoundEvery = 60

/**
 * Keeps the installation in order for as long as the process lives: a full round at once and every hour, what cannot wait
 * every minute. Any number of processes may run it; one at a time works.
 */
export function startMaintenance({ logger, ...addresses }: MaintenanceWorkerOptions): MaintenanceWorker {
  const changes = new ChangePruner()
  const onFailure = (step: string, error: unknown) => logger.error({ err: error, step }, 'maintenance failed')
  let rounds = 0
  let last: Promise<unknown> = Promise.resolve()

  const round = (depth: Depth): Promise<MaintenanceReport | undefined> => {
    const turn = last.then(() => maintain(depth, { ...addresses, changes, onFailure }))
    last = turn.catch(() => undefined)
    return turn.then((report) => {
      if (report !== undefined && somethingDone(report)) logger.info({ maintenance: report }, 'maintenance')
      return report
    })
  }
  const tick = () => {
    const depth = rounds++ % fullRoundEvery === 0 ? 'full' : 'light'
    round(depth).catch((error: unknown) => onFailure('round', error))
  }
  tick()
  const timer = setInterval(tick, everyMinute)
  return {
    run: () => round('full'),
    async close() {
      clearInterval(timer)
      await last
    },
  }
}

function somethingDone(report: MaintenanceReport): boolean {
  const { partitionsMade, partitionsDropped, rowsPruned, countersMended, subscriptionsBegun, erased } = report
  const counts = [
    partitionsMade.length,
    partitionsDropped.length,
    rowsPruned,
    countersMended.length,
    subscriptionsBegun,
    erased.length,
  ]
  return counts.some((count) => count > 0)
}
