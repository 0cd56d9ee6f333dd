import type { Services } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'

/**
 * Work done later, inside its tenant's scope. A payload holds ids only: what they are about stays in enrolled tables.
 *
 * @example
 * export const importPoints = job({ name: 'bms.import', handle: async ({ scope, ref }) => { … } })
 * await scope.batch([insertImport, enqueue(importPoints, { ref: importId, key: importId })])
 */
export interface JobDefinition {
  /** `<system>.<verb>`; also the queue. */
  readonly name: string
  /** Attempts after the first. Default 5, with exponential back-off. */
  readonly retries?: number
  /** Seconds one attempt may take. Default 300. */
  readonly timeout?: number
  readonly handle: (context: JobContext) => Promise<void>
}

export interface JobContext {
  readonly scope: TenantScope
  /** Id of the object the job is about. */
  readonly ref: string
  readonly attempt: number
  readonly services: Services
  /** Fires on shutdown, time-out, and within a second of the tenant's suspension. */
  readonly signal: AbortSignal
}

export function job(definition: JobDefinition): JobDefinition {
  return definition
}
