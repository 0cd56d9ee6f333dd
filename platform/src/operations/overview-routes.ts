import { z } from 'zod'
import { tenantStatuses } from '../directory/entries.ts'
import { queryInteger } from '../http/query-values.ts'
import { type Route, route } from '../http/route.ts'

const Time = z.string().meta({ format: 'date-time' })
const count = z.int().min(0)

const Overview = z
  .object({
    at: Time.describe('Of tenants, health, people and domains: they are as they were at this moment'),
    tenants: z.partialRecord(z.enum(tenantStatuses), count).describe('By status'),
    health: z.object({ healthy: count, warning: count, critical: count, unassessed: count }).describe('Of active tenants'),
    memberships: count.describe('In tenants that are active or suspended'),
    people: count.describe('Persons behind them: one may belong to several tenants'),
    domains: count.describe("Domains of tenants' own that are served"),
    systems: z
      .array(z.object({ system: z.string(), tenants: count, numbers: z.record(z.string(), z.number()) }))
      .describe(
        'Added up over tenants that are active or suspended; `activeToday` are members who did something since midnight UTC',
      ),
    countedAt: Time.nullable().describe('The oldest count among `systems`'),
    uncounted: count.describe('Tenants that are missing in it yet'),
  })
  .meta({ id: 'Overview' })

const readOverview = route({
  method: 'GET',
  path: '/v1/operations/overview',
  operation: 'readOverview',
  summary: 'Read the installation in numbers',
  description: 'Numbers of systems that are older than `olderThan` seconds are counted anew first, as far as five seconds reach.',
  tags: ['Operations'],
  permission: 'operator',
  query: z.strictObject({ olderThan: queryInteger(0, 900).default(900) }),
  responses: { 200: Overview },
  handle: ({ query, services }) => services.overview.read(query.olderThan),
})

export const overviewRoutes: readonly Route[] = [readOverview]
