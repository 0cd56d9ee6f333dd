import { z } from 'zod'
import { queryInteger } from '../http/query-values.ts'
import { type Route, route } from '../http/route.ts'
import { Traffic } from './traffic.ts'

const readCurrentTraffic = route({
  method: 'GET',
  path: '/v1/tenants/current/traffic',
  operation: 'readCurrentTraffic',
  summary: 'Read requests, errors and latency of the tenant you are in',
  description:
    'Of its members and keys; up to a quarter of a minute behind. Windows of five minutes for up to six hours, else of an hour.',
  tags: ['Tenants'],
  permission: 'tenant:read',
  query: z.strictObject({ hours: queryInteger(1, 168).default(24).describe('How far back') }),
  responses: { 200: Traffic },
  handle: ({ scope, query, services }) => services.traffic.of(scope, query.hours),
})

export const trafficRoutes: readonly Route[] = [readCurrentTraffic]
