import type { Answer, IdempotentCall, Pipeline } from '../http/pipeline.ts'
import type { RequestInfo, Route, Services } from '../http/route.ts'
import type { LastUsed } from '../keys/last-used.ts'
import type { Consumers } from '../operators/consumers.ts'
import type { OwnUsage } from '../usage/own-usage.ts'
import { type AdmitOptions, createAdmit } from './admit.ts'
import { createConsume } from './consume.ts'
import { createIdentify, type IdentifyOptions } from './identify.ts'
import type { LiveStreams } from './live-streams.ts'
import { namingPlans } from './name-plans.ts'
import { createOpenScope, type OpenScopeOptions } from './open-scope.ts'

export interface PipelineOptions extends IdentifyOptions, AdmitOptions, OpenScopeOptions {
  readonly services: Services
  readonly consumers: Consumers
  /** Of keys. */
  readonly lastUsed: LastUsed
  /** Of members. */
  readonly lastActive: LastUsed
  readonly liveStreams: LiveStreams
  readonly ownUsage: OwnUsage
  /** Keeps the answers of requests with an `Idempotency-Key`. */
  readonly idempotent: (call: IdempotentCall) => Promise<Answer>
}

/** A request's way through the features, each step asked once and in order; http/pipeline.ts says which and when. */
export function createPipeline(options: PipelineOptions): Pipeline {
  return {
    services: options.services,
    identify: createIdentify(options),
    admit: namingPlans(createAdmit(options), options.services.plans),
    consume: createConsume(options),
    open: createOpenScope(options),
    idempotent: options.idempotent,
    watch(route: Route, { principal }, request: RequestInfo, end) {
      options.liveStreams.watch(route, principal, request, end)
      // What is streamed to its end is an export; a stream of events has none.
      const isExport = !Object.values(route.responses).includes('text/event-stream')
      if (isExport && (principal.kind === 'key' || principal.kind === 'member'))
        options.services.suspicion.exported(principal.tenantId, principal.id)
    },
    settle(route: Route, identified, request: RequestInfo, outcome) {
      const { principal, tenant } = identified
      if (tenant !== undefined) options.consumers.noteRequest(tenant.id, outcome.status)
      options.liveStreams.settle(request)
      options.ownUsage.settle(route, identified, outcome)
      options.refusedReads.settle(route, identified, request, outcome)
      options.services.traffic.note(route, identified, outcome)
      options.rates.settle(route, identified, request, outcome)
      if (principal.kind === 'key') {
        options.lastUsed.note(principal.tenantId, principal.id)
        options.services.suspicion.keyUsed(principal.tenantId, principal.id, request.address)
      }
      if (outcome.problem === 'other_tenant_named' && tenant !== undefined) options.services.suspicion.refusedTenant(tenant.id)
      // An operator who acts as a member is not that member at work.
      if (principal.kind === 'member' && principal.person !== undefined) options.lastActive.note(principal.tenantId, principal.id)
    },
  }
}
