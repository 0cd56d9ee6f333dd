import { Problem } from '../problems/problem.ts'

/**
 * What is kept of a failure: queues lie outside the tenants, so never a message, which may quote what belongs to one.
 * The whole error goes to the log.
 */
export function codeOf(error: unknown): string {
  return error instanceof Problem ? error.code : 'internal'
}

/** Why a job's signal fired. */
export type StopReason = 'timed_out' | 'tenant_not_active' | 'shutting_down'

export class JobStopped extends Error {
  readonly reason: StopReason

  constructor(reason: StopReason) {
    super(`the job was stopped: ${reason}`)
    this.name = 'JobStopped'
    this.reason = reason
  }
}
