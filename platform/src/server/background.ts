import type { Logger } from 'pino'
import { Sealer } from '../audit/sealing/sealer.ts'
import { billSubscription } from '../billing/bill-subscription.ts'
import { applyBulk } from '../bulk/apply-bulk.ts'
import { createDirectoryPool } from '../database/connect.ts'
import { directoryUrlOf } from '../database/role-names.ts'
import type { Directory } from '../directory/directory.ts'
import { checkDomains } from '../domains/check-domain.ts'
import { Dispatcher } from '../events/dispatcher.ts'
import type { Services } from '../http/route.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { RecurringWorker } from '../jobs/recurring-worker.ts'
import { sendSealedMail } from '../mail/sealed-mail.ts'
import { notificationSubscriber } from '../notifications/notification-subscriber.ts'
import { trialSubscriber, watchTrial } from '../notifications/trial-ending.ts'
import { refreshPlans } from '../plans/refresh-plans.ts'
import { tellThresholds } from '../quotas/tell-thresholds.ts'
import type { SystemDefinition } from '../system.ts'
import { assessTenants, healthSubscriber } from '../tenant-health/assess-tenants.ts'
import { measureUsage } from '../usage/measure-usage.ts'
import { deliverWebhooks } from '../webhooks/deliver-webhooks.ts'
import { webhookSubscriber } from '../webhooks/webhook-subscriber.ts'

export interface BackgroundOptions {
  readonly databaseUrl: string
  readonly directoryUrl?: string | undefined
  readonly systems: readonly SystemDefinition[]
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Directory
  readonly services: Services
  readonly logger: Logger
  /** Whether there is a master key. */
  readonly sealsMail: boolean
}

export interface Background {
  /** Gives back what is at work. */
  close(): Promise<void>
}

const claiming = { connections: 2, name: 'tenantry events' }

/**
 * What this node does besides answering: telling the outbox to subscribers, webhooks, seals of the audit, jobs, and keeping stores
 * of points. Jobs and stores that no system has cost nothing.
 * The queues are there when the promise resolves, so that a handler can put a job into one.
 */
export async function startBackground(options: BackgroundOptions): Promise<Background> {
  const { systems, scope, directory, services, logger } = options
  // Without a master key no mail can wait sealed, so nobody puts one into its queue.
  const ofPlatform = options.sealsMail ? [sendSealedMail] : []
  const jobs = [...ofPlatform, ...systems.flatMap((system) => system.jobs ?? [])]
  const subscribers = [
    webhookSubscriber,
    healthSubscriber,
    notificationSubscriber,
    trialSubscriber,
    ...systems.flatMap((system) => system.subscribers ?? []),
  ]
  const url = directoryUrlOf(options.databaseUrl, options.directoryUrl)
  await using cleanUp = new AsyncDisposableStack()
  if (jobs.length > 0) {
    const [{ openQueue }, { JobWorker }] = await Promise.all([import('../jobs/queue.ts'), import('../jobs/job-worker.ts')])
    const queue = await openQueue(url, jobs, (error) => logger.warn({ err: error }, 'the job queue'))
    cleanUp.defer(() => queue.close())
    const worker = new JobWorker({ queue, jobs, directory, scope, services, logger })
    cleanUp.defer(() => worker.close())
  }
  // Of its own: claims that wait for a writer's lock must not stand before the look-ups of requests.
  const pool = createDirectoryPool(url, (error) => logger.warn({ err: error }, 'the outbox'), claiming)
  cleanUp.defer(() => pool.end())
  const dispatcher = new Dispatcher({ pool, scope, subscribers, services, logger })
  cleanUp.defer(() => dispatcher.close())
  const stores = systems.flatMap((system) => system.pointStores ?? []).map((store) => services.points.open(store))
  if (stores.length > 0) {
    const { PointKeeper } = await import('../telemetry/point-keeper.ts')
    const keeper = new PointKeeper({ pool: directory.pool, scope, stores, logger })
    cleanUp.defer(() => keeper.close())
    if (stores.some(({ influx }) => influx !== undefined)) {
      const { ErasedTenants } = await import('../telemetry/influx/erased-tenants.ts')
      const erased = new ErasedTenants({ pool: directory.pool, scope, stores, logger })
      erased.start()
      cleanUp.defer(() => erased.close())
    }
  }
  const definitions = [
    assessTenants,
    refreshPlans,
    deliverWebhooks,
    billSubscription,
    tellThresholds,
    watchTrial,
    measureUsage,
    checkDomains,
    applyBulk,
    ...systems.flatMap((system) => system.recurring ?? []),
  ]
  const worker = new RecurringWorker({ pool: directory.pool, definitions, directory, scope, services, logger })
  cleanUp.defer(() => worker.close())
  const sealer = new Sealer({ pool: directory.pool, scope, secrets: services.secrets.box, logger })
  cleanUp.defer(() => sealer.close())
  const running = cleanUp.move()
  return { close: () => running.disposeAsync() }
}
