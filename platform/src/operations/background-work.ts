import type { Pool } from 'pg'
import { type OutboxBacklog, readOutboxBacklog } from '../events/outbox-backlog.ts'
import type { DeadJob, JobService } from '../jobs/jobs.ts'
import {
  type AppliedMigration,
  type QueueState,
  type RecurringState,
  readLateOutboxes,
  readMigrations,
  readQueues,
  readRecurring,
  slugsOf,
  type WaitingTenant,
} from './background-queries.ts'

/** A dead job and whose it was; null for a tenant that is gone. */
export type NamedDeadJob = DeadJob & { readonly slug: string | null }

/** What happens behind the answers, over all tenants and nodes: ids, names and numbers. */
export interface BackgroundWorkService {
  jobs(): Promise<{ readonly queues: readonly QueueState[]; readonly dead: readonly NamedDeadJob[] }>
  outbox(): Promise<OutboxBacklog & { readonly late: readonly WaitingTenant[]; readonly recurring: readonly RecurringState[] }>
  migrations(): Promise<readonly AppliedMigration[]>
}

declare module '../http/route.ts' {
  interface Services {
    readonly backgroundWork: BackgroundWorkService
  }
}

export interface BackgroundWorkOptions {
  /** Of the directory role. */
  readonly pool: Pool
  readonly jobs: Pick<JobService, 'deadJobs'>
}

const mostListed = 100

export function createBackgroundWorkService({ pool, jobs }: BackgroundWorkOptions): BackgroundWorkService {
  return {
    async jobs() {
      const [queues, dead] = await Promise.all([readQueues(pool), jobs.deadJobs(mostListed)])
      const slugs = await slugsOf(
        pool,
        dead.map(({ tenantId }) => tenantId),
      )
      return { queues, dead: dead.map((job) => ({ ...job, slug: slugs.get(job.tenantId) ?? null })) }
    },

    async outbox() {
      const [backlog, late, recurring] = await Promise.all([
        readOutboxBacklog(pool),
        readLateOutboxes(pool, mostListed),
        readRecurring(pool),
      ])
      return { ...backlog, late, recurring }
    },

    migrations: () => readMigrations(pool),
  }
}
