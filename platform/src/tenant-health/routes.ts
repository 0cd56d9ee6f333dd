import { z } from 'zod'
import { makePage, pageOf, pageQuery, readCursor } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { TenantPath } from '../tenants/schemas.ts'
import { TenantActivity } from './activity.ts'
import { HealthReason, healthStates } from './health.ts'

const tags = ['Tenants'] as const
const Time = z.string().meta({ format: 'date-time' })

const TenantHealth = z
  .object({
    state: z.enum(healthStates),
    since: Time,
    assessedAt: Time,
    reasons: z.array(HealthReason).describe('None while healthy'),
    activity: TenantActivity,
  })
  .meta({ id: 'TenantHealth' })

const readCurrentHealth = route({
  method: 'GET',
  path: '/v1/tenants/current/health',
  operation: 'readCurrentTenantHealth',
  summary: 'Read how the tenant you are in fares, and why',
  description: 'From quotas, errors, use, webhooks and billing. Assessed every five minutes, and when something happens.',
  tags,
  permission: 'tenant:read',
  whileSuspended: true,
  responses: { 200: TenantHealth },
  handle: ({ scope, services }) => services.tenantHealth.of(scope),
})

const readTenantHealth = route({
  method: 'GET',
  path: '/v1/tenants/{tenantId}/health',
  operation: 'readTenantHealth',
  summary: 'Read how a tenant fares, and why',
  tags,
  permission: 'operator',
  entersTenant: true,
  params: TenantPath,
  responses: { 200: TenantHealth },
  handle: ({ scope, services }) => services.tenantHealth.of(scope),
})

const HealthListing = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  system: z.string(),
  tier: z.string(),
  state: z.enum(healthStates),
  since: Time,
  codes: z.array(z.string()).describe('Of the reasons'),
})

const HealthPosition = z.object({ values: z.tuple([z.int32()]), id: z.uuid() })

const listTenantHealth = route({
  method: 'GET',
  path: '/v1/tenants/health',
  operation: 'listTenantHealth',
  summary: 'List active tenants by how they fare, the worst first',
  tags,
  permission: 'operator',
  query: z.strictObject({ ...pageQuery, state: z.enum(healthStates).optional(), system: z.string().max(64).optional() }),
  responses: { 200: pageOf(HealthListing).meta({ id: 'TenantHealthPage' }) },
  problems: ['invalid_cursor'],
  handle: async ({ query: { limit, cursor, ...filter }, services }) => {
    const after = readCursor(cursor, filter, HealthPosition)
    const position = after && { severity: after.values[0], id: after.id }
    const rows = await services.tenantHealth.list(filter, position, limit + 1)
    return makePage(rows, limit, filter, ({ severity, id }) => ({ values: [severity], id }))
  },
})

export const tenantHealthRoutes: readonly Route[] = [readCurrentHealth]
export const operatorTenantHealthRoutes: readonly Route[] = [listTenantHealth, readTenantHealth]
