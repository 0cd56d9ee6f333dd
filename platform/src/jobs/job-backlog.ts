import type { Pool } from 'pg'
import { deadLetters, queueSchema } from './queue-names.ts'

export interface JobBacklog {
  /** Due, and not begun. */
  readonly waiting: number
  /** Failed at every attempt; `services.jobs` shows and revives them. */
  readonly dead: number
}

/** Over all queues. `pool`: of the directory role. */
export async function readJobBacklog(pool: Pool): Promise<JobBacklog> {
  const { rows } = await pool.query<JobBacklog>(
    `select count(*) filter (where name <> $1 and start_after <= now())::int as waiting, count(*) filter (where name = $1)::int as dead
       from ${queueSchema}.job_common where state < 'active' and not blocked`,
    [deadLetters],
  )
  return rows[0] as JobBacklog
}
