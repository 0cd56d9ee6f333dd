import type { Logger } from 'pino'
import type { Directory } from '../directory/directory.ts'
import type { TenantStatus } from '../directory/entries.ts'
import type { JobDefinition } from './job.ts'
import { codeOf, JobStopped } from './job-code.ts'
import type { Queue } from './queue.ts'
import { type Payload, queueSchema } from './queue-names.ts'
import { type Claim, RunningJob, type RunningJobOptions } from './running-job.ts'

export interface JobWorkerOptions extends RunningJobOptions {
  readonly queue: Queue
  readonly jobs: readonly JobDefinition[]
  readonly directory: Directory
  readonly logger: Logger
  /** Jobs that one node does at a time. */
  readonly concurrency?: number
  /** Of one tenant: in one queue over all nodes, and on this node over all queues. */
  readonly tenantConcurrency?: number
}

/** Milliseconds between two looks at the queues while there is nothing to do; a fifth more or less, so that nodes spread. */
const interval = 500
const livenessInterval = 1_000
const heartbeatInterval = 5_000

/** Claims jobs for this node and does each inside its tenant's scope. One tenant's jobs never take all places. */
export class JobWorker {
  readonly #options: JobWorkerOptions
  readonly #concurrency: number
  readonly #tenantConcurrency: number
  readonly #definitions: ReadonlyMap<string, JobDefinition>
  readonly #running = new Map<RunningJob, Promise<void>>()
  readonly #timers: NodeJS.Timeout[]
  #next: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #again = false
  #closed = false

  constructor(options: JobWorkerOptions) {
    this.#options = options
    this.#concurrency = options.concurrency ?? 8
    this.#tenantConcurrency = options.tenantConcurrency ?? 2
    this.#definitions = new Map(options.jobs.map((job) => [job.name, job]))
    this.#timers = [
      setInterval(() => void this.#checkTenants(), livenessInterval).unref(),
      setInterval(() => void this.#touch(), heartbeatInterval).unref(),
    ]
    this.wake()
  }

  /** Looks at the queues now. */
  wake(): void {
    if (this.#closed) return
    if (this.#looking !== undefined) {
      this.#again = true
      return
    }
    clearTimeout(this.#next)
    this.#looking = this.#look()
      .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'the queues could not be read'))
      .finally(() => {
        this.#looking = undefined
        if (this.#closed) return
        const again = this.#again
        this.#again = false
        this.#next = setTimeout(() => this.wake(), again ? 0 : interval * (0.8 + Math.random() * 0.4))
      })
  }

  /** Stops what is running and gives it back, so that another node begins it anew at once. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#next)
    for (const timer of this.#timers) clearInterval(timer)
    await this.#looking
    for (const job of this.#running.keys()) job.stop('shutting_down')
    await Promise.all(this.#running.values())
  }

  async #look(): Promise<void> {
    for (const name of await this.#waitingQueues()) {
      // Until nothing comes: the first of a queue may all be of a tenant that has its share.
      while (!this.#closed && this.#running.size < this.#concurrency && (await this.#claim(name)) > 0);
    }
  }

  async #waitingQueues(): Promise<string[]> {
    if (this.#running.size >= this.#concurrency) return []
    const { rows } = await this.#options.queue.pool.query<{ name: string }>({
      name: 'waiting queues',
      text: `select q.name from unnest($1::text[]) q(name) where exists (
               select from ${queueSchema}.job_common j
                where j.name = q.name and j.state < 'active' and not j.blocked and j.start_after <= now())
             order by random()`,
      values: [[...this.#definitions.keys()]],
    })
    return rows.map(({ name }) => name)
  }

  async #claim(name: string): Promise<number> {
    const definition = this.#definitions.get(name) as JobDefinition
    const jobs = await this.#options.queue.boss.fetch<Payload>(name, {
      batchSize: this.#concurrency - this.#running.size,
      groupConcurrency: this.#tenantConcurrency,
      ignoreGroups: this.#busyTenants(),
      includeMetadata: true,
    })
    for (const { id, data, retryCount } of jobs) {
      const job = new RunningJob(definition, { id, tenantId: data.tenantId, ref: data.ref, retryCount })
      this.#running.set(
        job,
        this.#do(job).finally(() => {
          this.#running.delete(job)
          this.wake()
        }),
      )
    }
    return jobs.length
  }

  #busyTenants(): string[] {
    const busy = new Map<string, number>()
    for (const { claim } of this.#running.keys()) busy.set(claim.tenantId, (busy.get(claim.tenantId) ?? 0) + 1)
    return [...busy].filter(([, count]) => count >= this.#tenantConcurrency).map(([tenantId]) => tenantId)
  }

  async #do(job: RunningJob): Promise<void> {
    const { definition, claim } = job
    const { boss } = this.#options.queue
    const attempt = { id: claim.id, retryCount: claim.retryCount }
    try {
      const status = await this.#statusOf(claim.tenantId)
      if (status === 'active') {
        await job.run(this.#options)
        await boss.complete(definition.name, attempt)
      } else if (status === 'suspended' || status === 'provisioning') await this.#giveBack(definition.name, claim, 60)
      else await boss.cancel(definition.name, attempt)
    } catch (error) {
      await this.#failed(job, error).catch((failure: unknown) =>
        // Its heart stops beating: another attempt follows.
        this.#options.logger.error({ err: failure, job: definition.name, id: claim.id }, 'the end of a job was not noted'),
      )
    }
  }

  async #failed({ definition, claim }: RunningJob, error: unknown): Promise<void> {
    const { logger, queue } = this.#options
    if (error instanceof JobStopped && error.reason !== 'timed_out') {
      return this.#giveBack(definition.name, claim, error.reason === 'shutting_down' ? 0 : 60)
    }
    const code = error instanceof JobStopped ? error.reason : codeOf(error)
    logger.warn({ err: error, job: definition.name, id: claim.id, tenant: claim.tenantId, code }, 'a job failed')
    await queue.boss.fail(definition.name, { id: claim.id, retryCount: claim.retryCount }, { code })
  }

  /** As if it had not been claimed. One under the same key that came meanwhile takes its place. */
  async #giveBack(name: string, { id, retryCount }: Claim, seconds: number): Promise<void> {
    const { pool, boss } = this.#options.queue
    const statement = `update ${queueSchema}.job_common set state = 'created', started_on = null, start_after = now() + make_interval(secs => $4)
       where name = $1 and id = $2 and retry_count = $3 and state = 'active'`
    await pool.query(statement, [name, id, retryCount, seconds]).catch(async (error: { code?: string }) => {
      if (error.code !== '23505') throw error
      await boss.cancel(name, { id, retryCount })
    })
  }

  /** Suspended, archived and deleted tenants stop within a second; so does what can no longer be judged. */
  async #checkTenants(): Promise<void> {
    for (const job of this.#running.keys()) {
      const status = await this.#statusOf(job.claim.tenantId).catch(() => undefined)
      if (status !== 'active') job.stop('tenant_not_active')
    }
  }

  async #statusOf(tenantId: string): Promise<TenantStatus | undefined> {
    return (await this.#options.directory.tenantById(tenantId))?.status
  }

  async #touch(): Promise<void> {
    const { boss } = this.#options.queue
    for (const { definition, claim } of this.#running.keys()) {
      await boss
        .touch(definition.name, { id: claim.id, retryCount: claim.retryCount })
        .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'a sign of life was not written'))
    }
  }
}
