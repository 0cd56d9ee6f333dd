import { z } from 'zod'
import { queryInteger } from '../http/query-values.ts'
import { type Route, route } from '../http/route.ts'
import type { ConsumptionMeasure } from './consumers.ts'

const measures = { requests: 'requests', database_time: 'databaseMilliseconds' } as const satisfies Record<
  string,
  ConsumptionMeasure
>

const TopConsumers = z
  .object({
    since: z.string().meta({ format: 'date-time' }).describe('Five to ten minutes ago, or the start of the node'),
    items: z.array(
      z.object({
        tenantId: z.uuid(),
        slug: z.string(),
        requests: z.int(),
        refused: z.int().describe('Of the requests: by a rate or a quota'),
        databaseMilliseconds: z.int().describe('For how long connections to PostgreSQL worked for it, added up'),
      }),
    ),
  })
  .meta({ id: 'TopConsumers' })

const listTopConsumers = route({
  method: 'GET',
  path: '/v1/operations/top-consumers',
  operation: 'listTopConsumers',
  summary: 'List the tenants that take most of this node',
  description: 'Of the node that answers and of the last minutes alone: each node counts for itself, and nothing is kept.',
  tags: ['Operations'],
  permission: 'operator',
  query: z.strictObject({
    by: z.enum(['requests', 'database_time']).default('requests'),
    limit: queryInteger(1, 100).default(20),
  }),
  responses: { 200: TopConsumers },
  handle: async ({ query, services }) => {
    const { since, top } = await services.topConsumers.list(measures[query.by], query.limit)
    return {
      since: new Date(since).toISOString(),
      items: top.map((each) => ({ ...each, databaseMilliseconds: Math.round(each.databaseMilliseconds) })),
    }
  },
})

export const consumerRoutes: readonly Route[] = [listTopConsumers]
