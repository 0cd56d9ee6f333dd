import { z } from 'zod'
import { type Route, route } from '../http/route.ts'

const Time = z.string().meta({ format: 'date-time' })

const Nodes = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        host: z.string().describe('What the machine calls itself'),
        version: z.string().describe('Of the platform'),
        startedAt: Time,
        seenAt: Time,
        silent: z.boolean().describe('Not heard of for a while, and not ended in order either'),
        answers: z.boolean().describe('It is the one that answers this'),
      }),
    ),
  })
  .meta({ id: 'Nodes' })

const listNodes = route({
  method: 'GET',
  path: '/v1/operations/nodes',
  operation: 'listNodes',
  summary: 'List the servers that run, the oldest first',
  description: 'Each says every ten seconds that it runs. One that was killed is listed for another hour.',
  tags: ['Operations'],
  permission: 'operator',
  responses: { 200: Nodes },
  handle: async ({ services }) => ({ items: await services.nodes.list() }),
})

export const nodeRoutes: readonly Route[] = [listNodes]
