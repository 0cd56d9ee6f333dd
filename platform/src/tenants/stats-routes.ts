import { z } from 'zod'
import { tenantStatuses } from '../directory/entries.ts'
import { idPosition, makePage, pageOf, readCursor } from '../http/page.ts'
import { queryList } from '../http/query-values.ts'
import { type Route, route } from '../http/route.ts'
import { LimitUse } from '../limits/routes.ts'
import { TenantPath, tenantQuery } from './schemas.ts'

const tags = ['Tenants'] as const
const Numbers = z.record(z.string(), z.number())

const TenantStats = z
  .object({
    members: z.int(),
    openInvitations: z.int(),
    keys: z.int().describe('That work'),
    limits: z.array(LimitUse),
    system: Numbers.describe("What the tenant's system counts"),
  })
  .meta({ id: 'TenantStats' })

const readCurrentStats = route({
  method: 'GET',
  path: '/v1/tenants/current/stats',
  operation: 'readCurrentTenantStats',
  summary: 'Read the numbers of the tenant you are in',
  tags,
  permission: 'tenant:read',
  responses: { 200: TenantStats },
  handle: ({ scope, services }) => services.tenantStats.of(scope),
})

const readOnboarding = route({
  method: 'GET',
  path: '/v1/tenants/current/onboarding',
  operation: 'readOnboarding',
  summary: 'Read what a new tenant does first, and what of it is done',
  description: "Each is ticked by the tenant's own rows.",
  tags,
  permission: 'tenant:read',
  responses: {
    200: z
      .object({ items: z.array(z.object({ name: z.string(), title: z.string(), done: z.boolean() })), done: z.int() })
      .meta({ id: 'Onboarding' }),
  },
  handle: async ({ scope, services }) => {
    const items = await services.tenantStats.onboarding(scope)
    return { items, done: items.filter(({ done }) => done).length }
  },
})

const readTenantStats = route({
  method: 'GET',
  path: '/v1/tenants/{tenantId}/stats',
  operation: 'readTenantStats',
  summary: 'Read the numbers of a tenant',
  tags,
  permission: 'operator',
  entersTenant: true,
  params: TenantPath,
  responses: { 200: TenantStats },
  handle: ({ scope, services }) => services.tenantStats.of(scope),
})

const TenantSummary = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  system: z.string(),
  tier: z.string(),
  status: z.enum(tenantStatuses),
  domain: z.string().nullable().describe('Its own, that links lead to; null where that is its subdomain'),
  numbers: Numbers,
  fullest: z
    .object({
      meter: z.string(),
      used: z.int().describe('With what is held by reservations'),
      max: z.int(),
      period: z.enum(['month', 'day', 'hour', 'minute', 'second']).nullable(),
    })
    .nullable()
    .describe('The limit of which most is used; null where there is none, and while nobody has counted'),
  refreshedAt: z.string().meta({ format: 'date-time' }).nullable(),
})

const listTenantStats = route({
  method: 'GET',
  path: '/v1/tenants/stats',
  operation: 'listTenantStats',
  summary: 'List the numbers of all tenants',
  description: 'A quarter of an hour old at most.',
  tags,
  permission: 'operator',
  query: z.strictObject({
    ...tenantQuery.shape,
    ids: queryList(200).pipe(z.array(z.uuid())).optional().describe('Of these alone, with commas between them'),
  }),
  responses: { 200: pageOf(TenantSummary).meta({ id: 'TenantSummaryPage' }) },
  problems: ['invalid_cursor'],
  handle: async ({ query: { limit, cursor, ...filter }, services }) => {
    const rows = await services.tenantStats.ofAll(filter, { after: readCursor(cursor, filter, idPosition)?.id, limit: limit + 1 })
    return makePage(rows, limit, filter, ({ id }) => ({ values: [], id }))
  },
})

export const tenantStatsRoutes: readonly Route[] = [readCurrentStats, readOnboarding]
export const operatorTenantStatsRoutes: readonly Route[] = [listTenantStats, readTenantStats]
