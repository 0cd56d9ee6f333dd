import type {} from 'fastify'
import type { Logger } from 'pino'
import type { createForwardingReader } from './client-address.ts'
import type { HttpConfiguration } from './configuration.ts'
import type { Exchange } from './exchange.ts'
import type { HeldRefusals } from './held-refusals.ts'
import type { InFlight } from './in-flight.ts'
import type { HttpMetrics } from './metrics.ts'
import type { Pipeline } from './pipeline.ts'
import type { AdviceByCode } from './problem-document.ts'

/** What the parts of one HTTP server share. */
export interface Assembly {
  readonly pipeline: Pipeline
  readonly configuration: HttpConfiguration
  readonly logger: Logger
  readonly metrics: HttpMetrics
  readonly advice: AdviceByCode
  readonly readForwarding: ReturnType<typeof createForwardingReader>
  /** Requests in flight whose signal somebody asked for. */
  readonly abortable: InFlight<Exchange>
  readonly heldRefusals: HeldRefusals
  /** Set when the server stops: answers then close their connections. */
  stopping: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange | null
  }
}
