import { z } from 'zod'
import type { OperatorPrincipal } from '../access/principal.ts'
import { actorOf } from '../access/principal.ts'
import { csvAnswer, wantsCsv } from '../audit/log-csv.ts'
import { expectedVersion } from '../http/etag.ts'
import { cursorText, makePage, pageOf, readCursor } from '../http/page.ts'
import { type RequestInfo, type Route, reply, route, type Services } from '../http/route.ts'
import type { TransitionName } from './lifecycle.ts'
import {
  NewTenant,
  OperatorTenantChanges,
  Reason,
  SuspensionOrder,
  Tenant,
  TenantFilter,
  TenantListing,
  TenantListQuery,
  TenantPath,
} from './schemas.ts'
import type { Tenant as TenantRecord } from './tenant.ts'
import { tenantCsv } from './tenant-csv.ts'
import type { Doer } from './tenants.ts'

/** Who the audit of the tenant names. */
function doerOf(principal: OperatorPrincipal, { id, address, userAgent }: RequestInfo): Doer {
  return { actor: actorOf(principal), origin: { requestId: id, address, ...(userAgent === undefined ? {} : { userAgent }) } }
}

/** With the tenant above it, as operators refer to it. */
async function told({ tenants }: Services, tenant: TenantRecord) {
  return { ...tenant, parent: (await tenants.parentOf(tenant)) ?? null }
}

const shared = { permission: 'operator', tags: ['Tenants'] } as const

const createTenant = route({
  ...shared,
  method: 'POST',
  path: '/v1/tenants',
  operation: 'createTenant',
  summary: 'Make a tenant',
  description: 'With its limits and counters, all or nothing. It can be used at once.',
  idempotency: 'required',
  body: NewTenant,
  responses: { 201: Tenant },
  problems: ['slug_taken'],
  handle: async ({ body, services, principal, request }) => {
    const tenant = await services.tenants.provision(body, doerOf(principal, request))
    return reply(201, await told(services, tenant), { headers: { location: `/v1/tenants/${tenant.id}` } })
  },
})

const Position = z.object({ values: z.tuple([cursorText]), id: z.uuid() })

const listTenants = route({
  ...shared,
  method: 'GET',
  path: '/v1/tenants',
  operation: 'listTenants',
  summary: 'List tenants',
  description: 'With `Accept: text/csv` all that match, as one stream.',
  query: TenantListQuery,
  responses: { 200: pageOf(TenantListing).meta({ id: 'TenantPage' }) },
  problems: ['invalid_cursor'],
  handle: async ({ query, services, request }) => {
    const { limit, cursor, ...asked } = query
    const { sort, ...filter } = asked
    if (wantsCsv(request)) return reply(200, tenantCsv(services.tenants, filter, sort), csvAnswer)
    const position = readCursor(cursor, asked, Position)
    const after = position && { value: position.values[0], id: position.id }
    const rows = await services.tenants.list(filter, { sort, after, limit: limit + 1 })
    return makePage(rows, limit, asked, ({ sortedBy, id }) => ({ values: [sortedBy], id }))
  },
})

const countTenants = route({
  ...shared,
  method: 'GET',
  path: '/v1/tenants/count',
  operation: 'countTenants',
  summary: 'Count the tenants that the list has by a filter',
  query: z.strictObject(TenantFilter.shape),
  responses: { 200: z.object({ tenants: z.int() }).meta({ id: 'TenantCount' }) },
  handle: async ({ query, services }) => ({ tenants: await services.tenants.count(query) }),
})

const readTenant = route({
  ...shared,
  method: 'GET',
  path: '/v1/tenants/{tenantId}',
  operation: 'readTenant',
  summary: "Read a tenant's record",
  etag: 'answered',
  params: TenantPath,
  responses: { 200: Tenant },
  handle: async ({ params, services, principal, request }) =>
    told(services, await services.tenants.read(params.tenantId, doerOf(principal, request))),
})

const updateTenant = route({
  ...shared,
  method: 'PATCH',
  path: '/v1/tenants/{tenantId}',
  operation: 'updateTenant',
  summary: "Change a tenant's record",
  etag: 'required',
  params: TenantPath,
  body: OperatorTenantChanges,
  responses: { 200: Tenant },
  problems: ['slug_taken', 'conflict'],
  handle: async ({ params, body, services, principal, request }) => {
    const doer = doerOf(principal, request)
    return told(services, await services.tenants.updateAsOperator(params.tenantId, body, expectedVersion(request), doer))
  },
})

const suspendTenant = route({
  ...shared,
  method: 'POST',
  path: '/v1/tenants/{tenantId}/suspend',
  operation: 'suspendTenant',
  summary: 'Suspend a tenant',
  description: 'Its live keys and sessions are out within a second, everywhere. `read_only` leaves reading.',
  params: TenantPath,
  body: SuspensionOrder,
  responses: { 200: Tenant },
  problems: ['lifecycle_conflict'],
  handle: async ({ params, body, services, principal, request }) =>
    told(services, await services.tenants.move(params.tenantId, 'suspend', body, doerOf(principal, request))),
})

/** The other ways from one state to another differ by name alone. */
function moveRoute(name: Exclude<TransitionName, 'suspend' | 'activate'>, summary: string, description: string): Route {
  return route({
    ...shared,
    method: 'POST',
    path: `/v1/tenants/{tenantId}/${name}`,
    operation: `${name}Tenant`,
    summary,
    description,
    params: TenantPath,
    body: Reason,
    responses: { 200: Tenant },
    problems: ['lifecycle_conflict', 'legal_hold'],
    handle: async ({ params, body, services, principal, request }) =>
      told(services, await services.tenants.move(params.tenantId, name, body, doerOf(principal, request))),
  })
}

function holdRoute(name: 'hold' | 'release', summary: string): Route {
  return route({
    ...shared,
    method: 'POST',
    path: `/v1/tenants/{tenantId}/${name}`,
    operation: `${name}Tenant`,
    summary,
    params: TenantPath,
    body: Reason,
    responses: { 200: Tenant },
    handle: async ({ params, body, services, principal, request }) =>
      told(services, await services.tenants.hold(params.tenantId, name === 'hold', body.reason, doerOf(principal, request))),
  })
}

export const operatorTenantRoutes: readonly Route[] = [
  createTenant,
  listTenants,
  countTenants,
  readTenant,
  updateTenant,
  suspendTenant,
  moveRoute('resume', 'Resume a suspended tenant', 'Its keys work again within a second.'),
  moveRoute(
    'archive',
    'Archive a tenant',
    'Nothing of it is reachable any more; everything is kept. Refused while there are tenants below it.',
  ),
  moveRoute('restore', 'Bring an archived or deleted tenant back', 'Possible until its rows are erased.'),
  moveRoute(
    'erase',
    'Order the erasure of a tenant',
    'It is out of reach at once; its rows are erased when the grace period is over. Refused while there are tenants below it.',
  ),
  holdRoute('hold', 'Put a tenant under legal hold: nothing of it is erased'),
  holdRoute('release', 'Lift the legal hold of a tenant'),
]
