import { setTimeout as sleep } from 'node:timers/promises'
import type { Services } from '../http/route.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { JobDefinition } from './job.ts'
import { JobStopped, type StopReason } from './job-code.ts'

/** A claimed job: one attempt. */
export interface Claim {
  readonly id: string
  readonly tenantId: string
  readonly ref: string
  /** Attempts before this one. */
  readonly retryCount: number
}

export interface RunningJobOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly services: Services
}

/** Milliseconds that a handler gets to end by itself once its signal fired. */
const patience = 5_000

/** One attempt at a job, inside its tenant's scope. */
export class RunningJob {
  readonly definition: JobDefinition
  readonly claim: Claim
  readonly #abort = new AbortController()

  constructor(definition: JobDefinition, claim: Claim) {
    this.definition = definition
    this.claim = claim
  }

  /** Settles when the handler has, or soon after its signal fired. @throws what it threw, or JobStopped */
  async run({ scope: open, services }: RunningJobOptions): Promise<void> {
    const { definition, claim } = this
    const { signal } = this.#abort
    const timer = setTimeout(() => this.stop('timed_out'), (definition.timeout ?? 300) * 1_000)
    const scope = open({
      tenantId: claim.tenantId,
      actor: { kind: 'system', id: claim.id },
      origin: { requestId: `job ${claim.id}` },
      signal,
    })
    const given = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        void sleep(patience, undefined, { ref: false }).then(() => reject(signal.reason))
      })
    })
    try {
      await Promise.race([definition.handle({ scope, ref: claim.ref, attempt: claim.retryCount + 1, services, signal }), given])
    } catch (error) {
      // Whatever the handler made of it: it was stopped.
      throw signal.aborted ? signal.reason : error
    } finally {
      clearTimeout(timer)
    }
  }

  stop(reason: StopReason): void {
    this.#abort.abort(new JobStopped(reason))
  }
}
