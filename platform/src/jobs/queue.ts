import pg from 'pg'
import { PgBoss } from 'pg-boss'
import type { JobDefinition } from './job.ts'
import { deadLetters, queueSchema } from './queue-names.ts'

/** Seconds without a sign of life after which a job is taken from its worker, as if it had died. */
const heartbeatSeconds = 30

export interface Queue {
  readonly boss: PgBoss
  readonly pool: pg.Pool
  close(): Promise<void>
}

/**
 * pg-boss on connections of the directory role, which sees the queues of all tenants and nothing of their content.
 * It changes rows and never the schema.
 */
export async function openQueue(
  directoryUrl: string,
  jobs: readonly JobDefinition[],
  onError: (error: unknown) => void,
): Promise<Queue> {
  const pool = new pg.Pool({
    connectionString: directoryUrl,
    max: 2,
    application_name: 'tenantry jobs',
    connectionTimeoutMillis: 2_000,
    statement_timeout: 15_000,
    query_timeout: 20_000,
    keepAlive: true,
  })
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  const boss = new PgBoss({
    db: { executeSql: (text, values) => pool.query(text, values as unknown[]) },
    schema: queueSchema,
    migrate: false,
    createSchema: false,
    schedule: false,
    reindex: false,
    monitorVacuum: false,
    persistQueueStats: false,
    persistWarnings: false,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    flowIntervalSeconds: 3_600,
  })
  boss.on('error', onError)
  const close = async () => {
    await boss.stop({ graceful: false, close: false })
    await pool.end()
  }
  try {
    await boss.start()
    await boss.createQueue(deadLetters, { policy: 'standard', retentionSeconds: 90 * 86_400 })
    for (const job of jobs) await ensureQueue(boss, job)
    return { boss, pool, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function ensureQueue(boss: PgBoss, { name, retries = 5, timeout = 300 }: JobDefinition): Promise<void> {
  const settings = {
    retryLimit: retries,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 3_600,
    // Ours fires first, and says so to the handler.
    expireInSeconds: timeout + 15,
    heartbeatSeconds,
    deleteAfterSeconds: 86_400,
    deadLetter: deadLetters,
  }
  // `short`: of those that wait under one key there is one.
  await boss.createQueue(name, { policy: 'short', ...settings })
  await boss.updateQueue(name, settings)
}
