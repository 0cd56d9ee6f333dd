import type { Registry } from 'prom-client'
import type { CacheService } from '../cache/tenant-cache.ts'
import type { Directory } from '../directory/directory.ts'
import { readOutboxBacklog } from '../events/outbox-backlog.ts'
import { type GaugeValue, registerCounter, registerGauge } from '../http/gauge.ts'
import type { Isolation } from '../isolation/isolation.ts'
import type { LaneStatistics } from '../isolation/lane.ts'
import { readJobBacklog } from '../jobs/job-backlog.ts'
import { countByHealth } from '../tenant-health/operator-queries.ts'

export interface OperatingMetricsOptions {
  readonly isolation: Pick<Isolation, 'statistics'>
  readonly directory: Pick<Directory, 'pool' | 'staleness'>
  readonly cache: Pick<CacheService, 'statistics'>
}

/** What an operator watches beside the requests: outbox and queues of the installation, lanes and directory of this node. */
export function registerOperatingMetrics(registry: Registry, { isolation, directory, cache }: OperatingMetricsOptions): void {
  const { pool } = directory
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    registerGauge(registry, `tenantry_${name}`, help, async () => [{ value: await read() }])
  const ofLanes = (name: string, help: string, figure: keyof LaneStatistics) =>
    registerGauge(registry, `tenantry_lane_${name}`, help, async () =>
      Object.entries(isolation.statistics()).map(([lane, figures]): GaugeValue => ({ labels: { lane }, value: figures[figure] })),
    )
  gauge('outbox_waiting_tenants', 'Tenants with events still to be told to a subscriber', async () => {
    return (await readOutboxBacklog(pool)).waitingTenants
  })
  gauge('outbox_oldest_seconds', 'Since when the outbox that waits longest is due', async () => {
    return (await readOutboxBacklog(pool)).oldestSeconds
  })
  gauge('jobs_waiting', 'Jobs that are due and not begun', async () => (await readJobBacklog(pool)).waiting)
  gauge('jobs_dead', 'Jobs that failed at every attempt', async () => (await readJobBacklog(pool)).dead)
  ofLanes('in_flight', 'Batches before PostgreSQL, by lane', 'inFlight')
  ofLanes('waiting', 'Batches that wait for their turn, by lane', 'waiting')
  ofLanes('connections', 'Open connections to PostgreSQL, by lane', 'connections')
  registerCounter(
    registry,
    'tenantry_cache_answers_total',
    "Look-ups in the tenants' cache, by whether they were answered",
    () => {
      const { hits, misses } = cache.statistics()
      return [
        { labels: { result: 'hit' }, value: hits },
        { labels: { result: 'miss' }, value: misses },
      ]
    },
  )
  registerGauge(registry, 'tenantry_tenants', 'Tenants by state of health; the unassessed are new', () => countByHealth(pool))
  gauge('directory_staleness_seconds', 'Age of what this node knows of tenants and keys; above 1 it asks the database', () =>
    directory.staleness(),
  )
}
