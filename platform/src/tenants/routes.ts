import { expectedVersion } from '../http/etag.ts'
import { type Route, route } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import { OwnTenant, TenantChanges } from './schemas.ts'
import { findTenant } from './tenant-queries.ts'

const readCurrentTenant = route({
  method: 'GET',
  path: '/v1/tenants/current',
  operation: 'readCurrentTenant',
  summary: 'Read the tenant you are in',
  tags: ['Tenants'],
  permission: 'tenant:read',
  etag: 'answered',
  whileSuspended: true,
  responses: { 200: OwnTenant },
  handle: async ({ scope }) => {
    const tenant = await findTenant(scope)
    if (tenant === undefined) throw problems.not_found('There is nothing here.')
    return tenant
  },
})

const updateCurrentTenant = route({
  method: 'PATCH',
  path: '/v1/tenants/current',
  operation: 'updateCurrentTenant',
  summary: 'Change name, brand or contact of the tenant you are in',
  tags: ['Tenants'],
  permission: 'tenant:write',
  role: 'admin',
  etag: 'required',
  body: TenantChanges,
  responses: { 200: OwnTenant },
  problems: ['feature_not_in_plan'],
  handle: ({ scope, body, services, request }) => services.tenants.update(scope, body, expectedVersion(request)),
})

export const tenantRoutes: readonly Route[] = [readCurrentTenant, updateCurrentTenant]
