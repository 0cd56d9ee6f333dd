import { actorOf } from '../access/principal.ts'
import { loggedRead } from '../audit/access-log.ts'
import { operatorEntered } from '../audit/operator-entered.ts'
import { originOf } from '../audit/origin.ts'
import type { RefusedReads } from '../audit/refused-reads.ts'
import type { Directory } from '../directory/directory.ts'
import type { Identified, Opened } from '../http/pipeline.ts'
import type { RequestInfo, Route } from '../http/route.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { nothingHere } from './identify.ts'

export interface OpenScopeOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Directory
  readonly refusedReads: RefusedReads
}

const unopened: Opened = { scope: undefined, tenant: undefined }

/** Opens the caller's own scope, or an operator's in the tenant that the path names, once his reason is recorded there. */
export function createOpenScope({ scope, directory, refusedReads }: OpenScopeOptions) {
  return (
    route: Route,
    { tenant, principal }: Identified,
    params: Readonly<Record<string, unknown>>,
    request: RequestInfo,
    reason: string | undefined,
  ): Opened | Promise<Opened> => {
    if (principal.kind === 'public' || principal.kind === 'person') return { scope: undefined, tenant }
    if (principal.kind === 'operator') {
      if (route.entersTenant !== true) return unopened
      return enter(route, String(params.tenantId), reason ?? '')
    }
    if (tenant === undefined) throw nothingHere()
    const logged = route.logged === undefined ? undefined : loggedRead(route.logged, params.id)
    if (logged !== undefined) refusedReads.asked(request, params.id)
    return {
      tenant,
      scope: scope({
        tenantId: tenant.id,
        actor: actorOf(principal),
        reach: principal.reach,
        origin: originOf(request, principal),
        signal: request.signal,
        ...(logged === undefined ? {} : { logged }),
      }),
    }

    /** The record is committed before the operator sees anything, and the tenant's own people can read it. */
    async function enter(entered: Route, tenantId: string, why: string): Promise<Opened> {
      const known = await directory.tenantById(tenantId)
      if (known === undefined || principal.kind !== 'operator') throw nothingHere()
      const inside = scope({ tenantId: known.id, actor: actorOf(principal), origin: originOf(request), signal: request.signal })
      await inside.batch(operatorEntered(known.id, why, entered.operation), { lane: 'write' })
      return { scope: inside, tenant: known }
    }
  }
}
