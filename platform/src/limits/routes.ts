import { z } from 'zod'
import { type Route, route } from '../http/route.ts'

export const LimitUse = z
  .object({
    name: z.string(),
    max: z.int().nullable().describe('Null is unlimited'),
    used: z.int(),
    available: z.int().nullable(),
    percentage: z.number().nullable(),
  })
  .meta({ id: 'LimitUse' })

const listLimits = route({
  method: 'GET',
  path: '/v1/limits',
  operation: 'listLimits',
  summary: 'List limits and how far they are used',
  tags: ['Limits'],
  permission: 'tenant:read',
  whileSuspended: true,
  responses: { 200: z.object({ items: z.array(LimitUse) }).meta({ id: 'LimitUses' }) },
  handle: async ({ scope, services }) => ({ items: await services.limits.list(scope) }),
})

const setLimit = route({
  method: 'PUT',
  path: '/v1/tenants/{tenantId}/limits/{name}',
  operation: 'setTenantLimit',
  summary: 'Agree a limit with one tenant',
  tags: ['Limits'],
  permission: 'operator',
  entersTenant: true,
  params: z.strictObject({ tenantId: z.uuid(), name: z.string().regex(/^[a-z0-9_.]{1,64}$/i) }),
  body: z.strictObject({ max: z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().describe('Null is unlimited') }),
  responses: { 200: LimitUse },
  handle: ({ scope, params, body, services }) => services.limits.set(scope, params.name, body.max),
})

export const limitRoutes: readonly Route[] = [listLimits]
export const operatorLimitRoutes: readonly Route[] = [setLimit]
