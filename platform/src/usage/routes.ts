import { z } from 'zod'
import type { TenantPrincipal } from '../access/principal.ts'
import { cursorText, makePage, pageOf, pageQuery, readCursor } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import { Quota } from '../quotas/routes.ts'
import { LoggedUsage, UsageBatch, UsageVerdict } from './usage-event.ts'

const shared = { tags: ['Usage'], permission: 'usage:read', whileSuspended: true } as const
const Moment = z.iso.datetime({ offset: true })
const Time = z.string().meta({ format: 'date-time' })
const Day = z.iso.date()
const Name = z.string().regex(/^[a-z][a-z0-9_.]{0,62}$/)

const recordUsage = route({
  method: 'POST',
  path: '/v1/usage',
  operation: 'recordUsage',
  summary: 'Report what was used, at most 1,000 events at once',
  description:
    'Each event is taken once for ever, by its `key`, and has a verdict of its own: what was sent before is a `duplicate`, and what ' +
    'is rejected keeps nothing of the others out. So after a time-out, or whenever in doubt, send all of it again.',
  tags: ['Usage'],
  permission: 'usage:write',
  idempotency: 'own',
  bodyLimit: 8 * 1_024 * 1_024,
  body: UsageBatch,
  responses: {
    200: z
      .object({ accepted: z.int(), duplicates: z.int(), rejected: z.int(), items: z.array(UsageVerdict) })
      .meta({ id: 'UsageVerdicts' }),
  },
  problems: ['forbidden'],
  handle: async ({ scope, principal, body, services }) => {
    requireWholeReach(principal)
    const items = await services.usage.record(scope, body.events)
    const count = (which: UsageVerdict['verdict']) => items.filter(({ verdict }) => verdict === which).length
    return { accepted: count('accepted'), duplicates: count('duplicate'), rejected: count('rejected'), items }
  },
})

const listUsage = route({
  ...shared,
  method: 'GET',
  path: '/v1/usage',
  operation: 'listUsage',
  summary: 'List what was reported, what was received last first',
  description: 'Kept for thirteen months; sums are kept for good.',
  query: z.strictObject({
    ...pageQuery,
    meter: Name.optional(),
    from: Moment.optional().describe('First moment at which it happened'),
    to: Moment.optional().describe('Moment after the last'),
  }),
  responses: { 200: pageOf(LoggedUsage).meta({ id: 'UsagePage' }) },
  problems: ['invalid_cursor', 'forbidden'],
  handle: async ({ scope, principal, query: { limit, cursor, ...filter }, services }) => {
    requireWholeReach(principal)
    const { values } = readCursor(cursor, filter, LogPosition) ?? {}
    const after = values && { receivedAt: values[0], key: values[1] }
    const rows = await services.usage.log(scope, filter, { after, limit: limit + 1 })
    return makePage(rows, limit, filter, ({ receivedAt, key }) => ({ values: [receivedAt, key], id: 'usage' }))
  },
})

const days = {
  from: Day.optional().describe('First day; default 29 days before the last'),
  to: Day.optional().describe('Last day, of the calendar of the tenant; default today'),
}

const DailyQuery = z.strictObject({ ...days, meter: Name.optional() })
const HistoryQuery = z.strictObject({ ...days, name: Name.optional() })
const TenantPath = z.strictObject({ tenantId: z.uuid() })

const DailyUsage = z
  .object({ items: z.array(z.object({ day: z.string().meta({ format: 'date' }), meter: z.string(), quantity: z.int() })) })
  .meta({ id: 'DailyUsage' })

const UsageHistory = z
  .object({
    items: z.array(
      z.object({
        day: z.string().meta({ format: 'date' }),
        name: z.string(),
        level: z.int().describe('At the end of the day'),
        highest: z.int(),
      }),
    ),
  })
  .meta({ id: 'UsageHistory' })

const readDailyUsage = route({
  ...shared,
  method: 'GET',
  path: '/v1/usage/daily',
  operation: 'readDailyUsage',
  summary: 'Read what was used day by day',
  description:
    "Of what is metered, by day of the tenant's own calendar: what was reported, and of meters that nobody reports what their quotas " +
    'admitted. Days on which nothing was used are left out.',
  query: DailyQuery,
  responses: {
    200: DailyUsage,
  },
  problems: ['range_too_wide', 'forbidden'],
  handle: async ({ scope, principal, query: { meter, ...asked }, services }) => {
    requireWholeReach(principal)
    return { items: await services.usage.daily(scope, asked, meter) }
  },
})

const readUsageHistory = route({
  ...shared,
  method: 'GET',
  path: '/v1/usage/history',
  operation: 'readUsageHistory',
  summary: 'Read how much there was day by day',
  description:
    'Of what is counted, of storage in bytes, and of what was admitted in its period of what is metered: looked at once an hour. A day ' +
    'that nobody looked at is as the day before.',
  query: HistoryQuery,
  responses: {
    200: UsageHistory,
  },
  problems: ['range_too_wide', 'forbidden'],
  handle: async ({ scope, principal, query: { name, ...asked }, services }) => {
    requireWholeReach(principal)
    return { items: await services.usage.levels(scope, asked, name) }
  },
})

const UsageForecast = z
  .object({
    items: z.array(
      z.object({
        limit: z.string(),
        kind: z.enum(['counted', 'metered', 'gauge']),
        max: z.int().nullable().describe('Null is unlimited'),
        used: z.int(),
        resetsAt: Time.nullable(),
        runsOutAt: Time.nullable().describe('Null: it will not'),
        earliest: Time.nullable(),
        latest: Time.nullable(),
        because: z
          .enum(['unlimited', 'too_few_days', 'not_growing', 'resets_before'])
          .nullable()
          .describe('Why it will not, or why nobody can say'),
        basis: z
          .object({
            days: z.int(),
            from: z.string().meta({ format: 'date' }),
            to: z.string().meta({ format: 'date' }),
            perDay: z.number(),
          })
          .nullable()
          .describe('The days that it rests on, and what was added on each of them on average'),
      }),
    ),
  })
  .meta({ id: 'UsageForecast' })

const forecastUsage = route({
  ...shared,
  method: 'GET',
  path: '/v1/usage/forecast',
  operation: 'forecastUsage',
  summary: 'Read when each limit will be reached',
  description:
    'By the last 28 full days, or as many as there are. Four times in five it happens between `earliest` and `latest`, as long as days ' +
    'go on as they were.',
  responses: {
    200: UsageForecast,
  },
  problems: ['forbidden'],
  handle: async ({ scope, principal, services }) => {
    requireWholeReach(principal)
    return { items: await services.usage.forecast(scope) }
  },
})

const readAnalytics = route({
  ...shared,
  method: 'GET',
  path: '/v1/analytics',
  operation: 'readAnalytics',
  summary: 'Read the tenant in a few numbers',
  responses: {
    200: z
      .object({
        users: z.int(),
        activeUsers30d: z.int().describe('Members who did something in the last 30 days'),
        signIns30d: z.int(),
        calls30d: z.int().describe('API calls with a key'),
        transactions30d: z.int().describe('Of the meter `transactions`'),
        storage: z
          .object({ bytes: z.int(), day: z.string().meta({ format: 'date' }) })
          .nullable()
          .describe('Of the rows of the tenant, estimated once an hour; a GB is 10^9 bytes'),
        quotas: z.array(Quota),
      })
      .meta({ id: 'Analytics' }),
  },
  problems: ['forbidden'],
  handle: ({ scope, principal, services }) => {
    requireWholeReach(principal)
    return services.usage.analytics(scope)
  },
})

const inTenant = { method: 'GET', tags: ['Usage'], permission: 'operator', entersTenant: true, params: TenantPath } as const

const readTenantDailyUsage = route({
  ...inTenant,
  path: '/v1/tenants/{tenantId}/usage/daily',
  operation: 'readTenantDailyUsage',
  summary: 'Read what a tenant used day by day',
  query: DailyQuery,
  responses: { 200: DailyUsage },
  problems: ['range_too_wide'],
  handle: async ({ scope, query: { meter, ...asked }, services }) => ({ items: await services.usage.daily(scope, asked, meter) }),
})

const readTenantUsageHistory = route({
  ...inTenant,
  path: '/v1/tenants/{tenantId}/usage/history',
  operation: 'readTenantUsageHistory',
  summary: 'Read how much a tenant had day by day',
  query: HistoryQuery,
  responses: { 200: UsageHistory },
  problems: ['range_too_wide'],
  handle: async ({ scope, query: { name, ...asked }, services }) => ({ items: await services.usage.levels(scope, asked, name) }),
})

const forecastTenantUsage = route({
  ...inTenant,
  path: '/v1/tenants/{tenantId}/usage/forecast',
  operation: 'forecastTenantUsage',
  summary: 'Read when a tenant will reach each of its limits',
  responses: { 200: UsageForecast },
  handle: async ({ scope, services }) => ({ items: await services.usage.forecast(scope) }),
})

export const operatorUsageRoutes: readonly Route[] = [readTenantDailyUsage, readTenantUsageHistory, forecastTenantUsage]
export const usageRoutes: readonly Route[] = [
  recordUsage,
  listUsage,
  readDailyUsage,
  readUsageHistory,
  forecastUsage,
  readAnalytics,
]

/** What was used tells of objects that a limited caller may not see. */
function requireWholeReach({ reach }: TenantPrincipal): void {
  if (reach !== 'all') throw problems.forbidden('Usage is about the whole tenant.', { permission: 'reach:all' })
}

/** A key is one of the tenant's own and of any form. */
const LogPosition = z.object({ values: z.tuple([z.iso.datetime(), cursorText]), id: z.literal('usage') })
