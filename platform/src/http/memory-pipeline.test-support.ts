import type { Principal, TenantPrincipal } from '../access/principal.ts'
import { roles } from '../access/principal.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { Answer, Outcome, Pipeline, RequestFacts } from './pipeline.ts'
import type { Services } from './route.ts'

/**
 * A pipeline whose directory is a few maps in memory, for tests of the HTTP layer: it judges credentials, permissions, roles,
 * features and quotas by the same contract the server's does, and remembers what it was asked.
 */
export interface MemoryPipeline extends Pipeline {
  readonly seen: RequestFacts[]
  readonly settled: Outcome[]
  readonly quotas: Map<string, number>
}

export const acme: TenantEntry = {
  id: '0195c0de-0000-7000-8000-000000000001',
  slug: 'acme',
  name: 'Acme',
  realmId: '00000000-0000-7000-8000-736861726564',
  system: 'demo',
  tier: 'basic',
  status: 'active',
  suspension: undefined,
  features: new Set(['demo.export']),
  limits: new Map(),
  allowedAddresses: [],
}

const operator: Principal = { kind: 'operator', id: '0195c0de-0000-7000-8000-00000000000f', name: 'Olga' }

const people: Readonly<Record<string, Principal>> = {
  reader: member('viewer', ['demo.things:read']),
  writer: member('admin', ['demo.things:read', 'demo.things:write']),
  operator,
}

export function createMemoryPipeline(): MemoryPipeline {
  const seen: RequestFacts[] = []
  const settled: Outcome[] = []
  const quotas = new Map<string, number>()
  const kept = new Map<string, { fingerprint: string; answer: Promise<Answer> }>()
  return {
    seen,
    settled,
    quotas,
    services: {} as Services,
    identify(facts, route) {
      seen.push(facts)
      if (facts.host.name === 'nobody.example') throw problems.not_found('No tenant has this host.')
      if (facts.restatedTenant !== undefined && facts.restatedTenant !== acme.id)
        throw problems.not_found('Not the tenant of the host.')
      const token = facts.headers.authorization?.replace(/^Bearer /, '')
      const principal: Principal | undefined =
        token === undefined && route.permission === 'public' ? { kind: 'public' } : people[token ?? '']
      if (!principal) throw problems.unauthenticated('The credential is not valid.')
      return {
        tenant: principal.kind === 'operator' ? undefined : acme,
        principal,
        origin: `${facts.scheme}://${facts.host.name}`,
      }
    },
    admit(route, { principal, tenant }) {
      const wanted = route.permission
      if (wanted === 'public') return []
      if (wanted === 'operator' ? principal.kind !== 'operator' : principal.kind === 'operator')
        throw problems.not_found('Not here.')
      if (wanted.includes(':') && !(principal as TenantPrincipal).permissions.has(wanted)) {
        throw problems.forbidden('You lack a permission.', { permission: wanted })
      }
      if (route.role && roles.indexOf((principal as TenantPrincipal).role ?? 'viewer') > roles.indexOf(route.role)) {
        throw problems.forbidden('Your role is too low.', { role: route.role })
      }
      if (route.feature && !tenant?.features.has(route.feature)) {
        throw problems.feature_not_in_plan('The plan lacks a feature.', { feature: route.feature })
      }
      return [{ policy: 'tenant', limit: 100, remaining: 99, window: 60, resetsIn: 0.6 }]
    },
    async consume(route) {
      if (!route.quota) return []
      const { meter, quantity = 1 } = route.quota
      const left = (quotas.get(meter) ?? 0) - quantity
      if (left < 0) throw problems.quota_exceeded('The quota is used up.', { limit: meter, retryAfter: 30 })
      quotas.set(meter, left)
      return []
    },
    async open(route, { tenant, principal }, params) {
      if (route.entersTenant) return { scope: scopeOf(String(params.tenantId)), tenant: acme }
      return principal.kind === 'member' ? { scope: scopeOf(acme.id), tenant } : { scope: undefined, tenant }
    },
    async idempotent({ key, fingerprint, context, run }) {
      const earlier = kept.get(key)
      if (earlier && earlier.fingerprint !== fingerprint)
        throw problems.idempotency_key_reused('The key belongs to another request.')
      const answer = earlier?.answer ?? run(context)
      kept.set(key, { fingerprint, answer })
      return answer
    },
    settle(_route, _identified, _request, outcome) {
      settled.push(outcome)
    },
  }
}

function member(role: TenantPrincipal['role'] & string, permissions: readonly string[]): TenantPrincipal {
  return {
    kind: 'member',
    id: '0195c0de-0000-7000-8000-00000000000a',
    tenantId: acme.id,
    name: role,
    role: role as NonNullable<TenantPrincipal['role']>,
    permissions: new Set(permissions),
    reach: 'all',
  }
}

/** Handlers of these tests only look at the context. */
function scopeOf(tenantId: string): TenantScope {
  return { context: { tenantId, actor: { kind: 'member', id: acme.id }, reach: 'all', origin: { requestId: '' } } } as TenantScope
}
