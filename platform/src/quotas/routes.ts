import { z } from 'zod'
import { type Route, reply, route } from '../http/route.ts'
import type { Growth as QuotaGrowth } from './growth.ts'
import { longestHold, mostAtOnce, usualHold } from './quotas.ts'

const tags = ['Quotas'] as const
const reads = { tags, permission: 'tenant:read', whileSuspended: true } as const
/** Keys of their own: kept for 72 hours with the verdict, in the transaction that charges. */
const takes = { tags, method: 'POST', permission: 'usage:write', idempotency: 'own' } as const
const Meter = z.string().regex(/^[a-z][a-z0-9_.]{0,62}$/)
const Path = z.strictObject({ meter: Meter })
const Amount = z.int().max(mostAtOnce)
const Quantity = Amount.min(1)
const Key = z
  .string()
  .regex(/^[^\p{Cc}]{1,255}$/u)
  .describe('Names this one operation of the meter. Sent again within 72 hours it has the same verdict and is charged once.')
const Mode = z.enum(['all', 'clamp']).default('all').describe('`all` or nothing; `clamp` takes what is left, if anything is')

const QuotaState = z
  .object({
    meter: z.string(),
    kind: z.enum(['counted', 'metered', 'gauge', 'rate', 'retention']),
    mode: z
      .enum(['hard', 'soft', 'overage'])
      .describe('What happens above `max`: refused, let through and told, let through and billed'),
    period: z.enum(['month', 'day', 'hour', 'minute', 'second']).nullable(),
    max: z.int().nullable().describe('Null is unlimited'),
    unlimited: z.boolean(),
    used: z.int().nullable().describe('Null where nothing is counted'),
    reserved: z.int().describe('Held by reservations that have not expired'),
    available: z.int().nullable(),
    percentage: z.number().nullable().describe('Of `max`, used and reserved'),
    periodStart: z.iso.datetime().nullable(),
    resetsAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'QuotaState' })

const Growth = z
  .strictObject({
    step: Quantity.describe('By how much the limit is raised when it does not suffice, as often as it takes'),
    ceiling: Amount.min(0).describe('It grows no further'),
  })
  .meta({ id: 'QuotaGrowth' })

export const Quota = QuotaState.extend({ growth: Growth.nullable().describe('How it grows when it does not suffice') }).meta({
  id: 'Quota',
})
const Quotas = z.object({ items: z.array(Quota) }).meta({ id: 'Quotas' })

const listQuotas = route({
  ...reads,
  method: 'GET',
  path: '/v1/quotas',
  operation: 'listQuotas',
  summary: 'List quotas: how far each is used, and when it begins anew',
  responses: { 200: Quotas },
  handle: async ({ scope, services }) => ({ items: await services.quotas.list(scope) }),
})

const checkQuota = route({
  ...reads,
  method: 'GET',
  path: '/v1/quotas/{meter}',
  operation: 'checkQuota',
  summary: 'See how much of a quota is left; it decides nothing, `consumeQuota` does',
  params: Path,
  responses: { 200: Quota },
  handle: ({ scope, params, services }) => services.quotas.check(scope, params.meter),
})

const Admitted = z.object({
  key: z.string(),
  quantity: z.int().describe('What was admitted; with `clamp` it may be less than was asked'),
  repeated: z.boolean().describe('Decided before, under the same key'),
  quota: QuotaState,
})

const consumeQuota = route({
  ...takes,
  path: '/v1/quotas/{meter}/consume',
  operation: 'consumeQuota',
  summary: 'Take from a metered quota, exactly, or be refused',
  params: Path,
  body: z.strictObject({ key: Key, quantity: Quantity, mode: Mode }),
  responses: { 200: Admitted.meta({ id: 'QuotaConsumption' }) },
  problems: ['quota_exceeded', 'idempotency_key_reused'],
  handle: async ({ scope, params, body, services }) => ({
    key: body.key,
    ...(await services.quotas.consume(scope, { ...params, ...body })),
  }),
})

const reserveQuota = route({
  ...takes,
  path: '/v1/quotas/{meter}/reserve',
  operation: 'reserveQuota',
  summary: 'Hold a part of a metered quota until it is committed, released or expires by itself',
  params: Path,
  body: z.strictObject({
    key: Key,
    quantity: Quantity,
    mode: Mode,
    seconds: z.int().min(1).max(longestHold).default(usualHold).describe('Until the hold expires'),
  }),
  responses: { 201: Admitted.extend({ expiresAt: z.iso.datetime() }).meta({ id: 'QuotaHold' }) },
  problems: ['quota_exceeded', 'idempotency_key_reused'],
  handle: async ({ scope, params, body, services }) => reply(201, await services.quotas.reserve(scope, { ...params, ...body })),
})

const SettledHold = z
  .object({
    key: z.string(),
    state: z.enum(['committed', 'released']),
    quantity: z.int().describe('What was charged'),
    late: z.boolean().describe('Committed after it had expired: charged all the same'),
    repeated: z.boolean(),
  })
  .meta({ id: 'SettledQuotaHold' })

const commitQuota = route({
  ...takes,
  path: '/v1/quotas/{meter}/commit',
  operation: 'commitQuota',
  summary: 'Charge what was used of a reservation, and free the rest of it',
  params: Path,
  body: z.strictObject({ key: Key, quantity: Amount.min(0).describe('At most what is held') }),
  responses: { 200: SettledHold },
  problems: ['conflict'],
  handle: ({ scope, params, body, services }) => services.quotas.commit(scope, { ...params, ...body }),
})

const releaseQuota = route({
  ...takes,
  path: '/v1/quotas/{meter}/release',
  operation: 'releaseQuota',
  summary: 'Free a reservation',
  params: Path,
  body: z.strictObject({ key: Key }),
  responses: { 200: SettledHold },
  problems: ['conflict'],
  handle: ({ scope, params, body, services }) => services.quotas.release(scope, { ...params, ...body }),
})

const operates = { tags, permission: 'operator', entersTenant: true } as const
const TenantPath = z.strictObject({ tenantId: z.uuid(), meter: Meter })
const listTenantQuotas = route({
  ...operates,
  method: 'GET',
  path: '/v1/tenants/{tenantId}/quotas',
  operation: 'listTenantQuotas',
  summary: "List a tenant's quotas, and how they grow",
  params: z.strictObject({ tenantId: z.uuid() }),
  responses: { 200: Quotas },
  handle: async ({ scope, services }) => ({ items: await services.quotas.list(scope) }),
})

const setQuotaGrowth = route({
  ...operates,
  method: 'PUT',
  path: '/v1/tenants/{tenantId}/quotas/{meter}/growth',
  operation: 'setQuotaGrowth',
  summary: 'Let a hard limit of a tenant grow by itself when it does not suffice',
  params: TenantPath,
  body: Growth,
  responses: { 200: Growth },
  handle: async ({ scope, params, body, services }): Promise<QuotaGrowth> => {
    await services.quotas.setGrowth(scope, params.meter, body)
    return body
  },
})

const stopQuotaGrowth = route({
  ...operates,
  method: 'DELETE',
  path: '/v1/tenants/{tenantId}/quotas/{meter}/growth',
  operation: 'stopQuotaGrowth',
  summary: 'Let a limit grow no more; it keeps what it has grown to',
  params: TenantPath,
  responses: { 204: null },
  handle: async ({ scope, params, services }) => {
    await services.quotas.setGrowth(scope, params.meter, null)
    return reply(204)
  },
})

const Periods = z
  .strictObject({
    anchor: z.iso
      .datetime({ local: true })
      .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, 'Must be local time to the second, such as 2026-01-15T00:00:00.')
      .describe("Local time of the tenant's zone at which a period begins; every other is reckoned from it"),
  })
  .meta({ id: 'QuotaPeriods' })

const anchorQuotaPeriods = route({
  ...operates,
  method: 'PUT',
  path: '/v1/tenants/{tenantId}/quota-periods',
  operation: 'anchorQuotaPeriods',
  summary: 'Say when the periods of a tenant begin',
  description: 'Acts at the next boundary, so that what runs is not cut short: `resetsAt` of a running period stays.',
  params: z.strictObject({ tenantId: z.uuid() }),
  body: Periods,
  responses: { 200: Periods },
  handle: async ({ scope, body, services }) => {
    await services.quotas.anchorPeriods(scope, body.anchor)
    return body
  },
})

export const quotaRoutes: readonly Route[] = [listQuotas, checkQuota, consumeQuota, reserveQuota, commitQuota, releaseQuota]
export const operatorQuotaRoutes: readonly Route[] = [listTenantQuotas, setQuotaGrowth, stopQuotaGrowth, anchorQuotaPeriods]

/** Reading one's own quota is not counted as a call. */
export const uncountedCalls: ReadonlySet<Route> = new Set([listQuotas, checkQuota])
