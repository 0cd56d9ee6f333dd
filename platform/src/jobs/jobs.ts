import type { Pool } from 'pg'
import { deadLetters, type Payload, queueSchema } from './queue-names.ts'

/** A job that failed at every attempt. */
export interface DeadJob {
  readonly id: string
  readonly tenantId: string
  readonly name: string
  readonly ref: string
  /** Of the last attempt. */
  readonly code: string
  /** RFC 3339. */
  readonly at: string
}

export interface JobService {
  /** The newest first, over all tenants: ids and codes, for operators. */
  deadJobs(limit?: number): Promise<DeadJob[]>
  /** Gives dead jobs their attempts anew. Answers how many. */
  revive(ids: readonly string[]): Promise<number>
}

declare module '../http/route.ts' {
  interface Services {
    readonly jobs: JobService
  }
}

type DeadRow = { id: string; data: Payload; name: string; output: { code?: string } | null; at: string }

/** `pool`: of the directory role, which sees ids and codes across tenants. */
export function createJobService({ pool }: { readonly pool: Pool }): JobService {
  return {
    async deadJobs(limit = 100) {
      const { rows } = await pool.query<DeadRow>(
        `select id, data, source_name as name, source_output as output,
                to_char(created_on at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
           from ${queueSchema}.job_common
          where name = $1 and state = 'created' and source_name is not null order by created_on desc limit $2`,
        [deadLetters, limit],
      )
      return rows.map(({ id, data, name, output, at }) => ({
        id,
        tenantId: data.tenantId,
        name,
        ref: data.ref,
        code: output?.code ?? 'internal',
        at,
      }))
    },

    async revive(ids) {
      const { rowCount } = await pool.query(revival, [deadLetters, ids])
      return rowCount ?? 0
    },
  }
}

/** As `tenantry.enqueue` does it, with a key of their own: what waits under the old one is another job by now. */
const revival = `
  with dead as (
    delete from ${queueSchema}.job_common where name = $1 and id = any($2::uuid[]) and source_name is not null
    returning id, source_name, data, group_id)
  insert into ${queueSchema}.job_common (name, data, singleton_key, group_id, keep_until, expire_seconds, deletion_seconds,
      retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds)
  select q.name, dead.data, dead.data ->> 'tenantId' || '/' || dead.id, dead.data ->> 'tenantId',
      now() + make_interval(secs => q.retention_seconds), q.expire_seconds, q.deletion_seconds,
      q.retry_limit, q.retry_delay, q.retry_backoff, q.retry_delay_max, q.policy, q.dead_letter, q.heartbeat_seconds
    from dead join ${queueSchema}.queue q on q.name = dead.source_name`
