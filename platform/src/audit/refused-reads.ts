import { actorOf } from '../access/principal.ts'
import type { Identified, Outcome } from '../http/pipeline.ts'
import type { RequestInfo, Route } from '../http/route.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { accessLogged, refusedAction } from './access-log.ts'
import { originOf } from './origin.ts'

export interface RefusedReadsOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly onFailure: (error: unknown) => void
}

/**
 * Reads of logged routes that were asked for and refused, written after the answer, which hands nothing over.
 */
export class RefusedReads {
  readonly #options: RefusedReadsOptions
  readonly #objects = new WeakMap<RequestInfo, unknown>()

  constructor(options: RefusedReadsOptions) {
    this.#options = options
  }

  /** What a request asked for, once its path was found to be well formed. */
  asked(request: RequestInfo, objectId: unknown): void {
    this.#objects.set(request, objectId)
  }

  settle(route: Route, { tenant, principal }: Identified, request: RequestInfo, { status }: Outcome): void {
    if (route.logged === undefined || principal.kind === 'public' || principal.kind === 'person' || tenant === undefined) return
    // Of a not-found only one that the handler answered: the others are at the wrong door, and asked nobody's rows.
    if (status !== 403 && !(status === 404 && this.#objects.has(request))) return
    this.#options
      .scope({ tenantId: tenant.id, actor: actorOf(principal), origin: originOf(request, principal) })
      .run(accessLogged(refusedAction(route.logged), this.#objects.get(request)), { lane: 'write' })
      .catch(this.#options.onFailure)
  }
}
