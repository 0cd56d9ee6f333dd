import { type Statement, sql } from '../isolation/statement.ts'
import type { JobDefinition } from './job.ts'

export interface EnqueueOptions {
  /** UUID of the object the job is about. */
  readonly ref: string
  /** Of several jobs that wait under one key only the first is kept. Default: all of them. */
  readonly key?: string
  /** RFC 3339, by `tenantry.clock()`. Default: at once. */
  readonly startAfter?: string
}

/**
 * The statement that puts a job into the queue of the scope's tenant, for a batch or a transaction of that scope:
 * the job is there if and only if that commits. Nothing else gets into a queue.
 *
 * @example
 * await scope.batch([insertImport, enqueue(importPoints, { ref: importId, key: importId })], { lane: 'write' })
 */
export function enqueue(job: Pick<JobDefinition, 'name'>, { ref, key, startAfter }: EnqueueOptions): Statement {
  // A scope takes a bare select, and a `with` in which no word writes, for something that only reads.
  return sql`with queued as materialized (
      select tenantry.enqueue(${job.name}, ${job.name}, ${ref}::uuid, ${key ?? null}, ${startAfter ?? null}::timestamptz))
    select from queued /* the function does an insert */`
}
