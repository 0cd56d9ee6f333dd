import { z } from 'zod'
import { type Route, route } from '../http/route.ts'
import { Differences, differencesOf } from './differences.ts'

const shared = { method: 'GET', tags: ['Tenants'], responses: { 200: Differences } } as const

const readDifferences = route({
  ...shared,
  path: '/v1/tenants/current/differences',
  operation: 'readDifferences',
  summary: 'Read all that differs from the plan and from defaults: overrides, settings, roles, domains, features',
  permission: 'settings:read',
  role: 'admin',
  handle: ({ scope, tenant, principal, services }) =>
    differencesOf(scope, tenant, { services, mayRead: ({ read = 'settings:read' }) => principal.permissions.has(read) }),
})

const readTenantDifferences = route({
  ...shared,
  path: '/v1/tenants/{tenantId}/differences',
  operation: 'readTenantDifferences',
  summary: 'Read all of a tenant that differs from its plan and from defaults',
  permission: 'operator',
  entersTenant: true,
  params: z.strictObject({ tenantId: z.uuid() }),
  handle: ({ scope, tenant, services }) => differencesOf(scope, tenant, { services, mayRead: () => true }),
})

export const differenceRoutes: readonly Route[] = [readDifferences, readTenantDifferences]
