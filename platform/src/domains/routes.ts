import { z } from 'zod'
import { type Route, reply, route } from '../http/route.ts'
import { Domain, NewDomain } from './domain.ts'

const tags = ['Domains'] as const
const Path = z.strictObject({ id: z.uuid() })
const reads = { tags, permission: 'domains:read' } as const
const writes = { tags, permission: 'domains:write', role: 'admin' } as const

const claimDomain = route({
  ...writes,
  method: 'POST',
  path: '/v1/domains',
  operation: 'claimDomain',
  summary: 'Claim a domain; the answer names the records that prove it',
  feature: 'custom_domain',
  body: NewDomain,
  responses: { 201: Domain },
  problems: ['domain_refused', 'conflict', 'quota_exceeded'],
  handle: async ({ scope, body, services }) => {
    const domain = await services.domains.claim(scope, body.host)
    return reply(201, domain, { headers: { location: `/v1/domains/${domain.id}` } })
  },
})

const listDomains = route({
  ...reads,
  method: 'GET',
  path: '/v1/domains',
  operation: 'listDomains',
  summary: 'List domains, in the order of their claims',
  responses: { 200: z.object({ items: z.array(Domain) }).meta({ id: 'Domains' }) },
  handle: async ({ scope, services }) => ({ items: await services.domains.list(scope) }),
})

const readDomain = route({
  ...reads,
  method: 'GET',
  path: '/v1/domains/{id}',
  operation: 'readDomain',
  summary: 'Read a domain and how it fares',
  params: Path,
  responses: { 200: Domain },
  handle: ({ scope, params, services }) => services.domains.read(scope, params.id),
})

const checkDomain = route({
  ...writes,
  method: 'POST',
  path: '/v1/domains/{id}/check',
  operation: 'checkDomain',
  summary: "Look at a domain's DNS now",
  params: Path,
  responses: { 200: Domain },
  handle: ({ scope, params, services }) => services.domains.check(scope, params.id),
})

const setPrimaryDomain = route({
  ...writes,
  method: 'PUT',
  path: '/v1/domains/{id}/primary',
  operation: 'setPrimaryDomain',
  summary: 'Have links in mails built from a domain, or from the subdomain again',
  params: Path,
  body: z.strictObject({ primary: z.boolean() }),
  responses: { 200: Domain },
  problems: ['conflict'],
  handle: ({ scope, params, body, services }) => services.domains.setPrimary(scope, params.id, body.primary),
})

const releaseDomain = route({
  ...writes,
  method: 'DELETE',
  path: '/v1/domains/{id}',
  operation: 'releaseDomain',
  summary: 'Give a domain up: it is served no more, and rests a week before another tenant may have it',
  params: Path,
  responses: { 204: null },
  handle: async ({ scope, params, services }) => {
    await services.domains.release(scope, params.id)
    return reply(204)
  },
})

const listTenantDomains = route({
  method: 'GET',
  path: '/v1/tenants/{tenantId}/domains',
  operation: 'listTenantDomains',
  summary: 'List the domains of a tenant, in the order of their claims',
  tags,
  permission: 'operator',
  entersTenant: true,
  params: z.strictObject({ tenantId: z.uuid() }),
  responses: { 200: z.object({ items: z.array(Domain) }).meta({ id: 'Domains' }) },
  handle: async ({ scope, services }) => ({ items: await services.domains.list(scope) }),
})

export const operatorDomainRoutes: readonly Route[] = [listTenantDomains]
export const domainRoutes: readonly Route[] = [claimDomain, listDomains, readDomain, checkDomain, setPrimaryDomain, releaseDomain]
