import { z } from 'zod'
import { type Route, route } from '../http/route.ts'

const Time = z.string().meta({ format: 'date-time' })
const count = z.int().min(0)
const Seconds = z.number().min(0)
const shared = { tags: ['Operations'], permission: 'operator' } as const

const Jobs = z
  .object({
    queues: z.array(
      z.object({
        name: z.string(),
        waiting: count.describe('Due, and not begun'),
        later: count.describe('Not due yet'),
        active: count,
        retrying: count.describe('Failed at least once, and not given up'),
        done: count.describe('Within the last day'),
        oldestSeconds: Seconds.describe('Since when the oldest of those waiting has been due'),
      }),
    ),
    dead: z
      .array(
        z.object({
          id: z.uuid(),
          tenantId: z.uuid(),
          slug: z.string().nullable(),
          name: z.string(),
          ref: z.string().describe('The object that it was about'),
          code: z.string().describe('Of the last attempt'),
          at: Time,
        }),
      )
      .describe('Failed at every attempt; the newest first, 100 at most'),
  })
  .meta({ id: 'Jobs' })

const listJobs = route({
  ...shared,
  method: 'GET',
  path: '/v1/operations/jobs',
  operation: 'listJobs',
  summary: 'Read how the queues fare, and which jobs failed to the end',
  responses: { 200: Jobs },
  handle: ({ services }) => services.backgroundWork.jobs(),
})

const reviveJobs = route({
  ...shared,
  method: 'POST',
  path: '/v1/operations/jobs/revive',
  operation: 'reviveJobs',
  summary: 'Give jobs that failed to the end their attempts anew',
  description: 'Those that are none any more are left out.',
  body: z.strictObject({ ids: z.array(z.uuid()).min(1).max(100) }),
  responses: { 200: z.object({ revived: count }).meta({ id: 'RevivedJobs' }) },
  handle: async ({ body, services }) => ({ revived: await services.jobs.revive([...new Set(body.ids)]) }),
})

const Outbox = z
  .object({
    waitingTenants: count.describe('With events that some subscriber has not been told'),
    oldestSeconds: Seconds,
    late: z.array(z.object({ tenantId: z.uuid(), slug: z.string(), seconds: Seconds })).describe('Whose events wait longest'),
    recurring: z
      .array(z.object({ kind: z.string(), objects: count, active: count, overdue: count, oldestSeconds: Seconds }))
      .describe('Work that comes back, by kind'),
  })
  .meta({ id: 'Outbox' })

const readOutbox = route({
  ...shared,
  method: 'GET',
  path: '/v1/operations/outbox',
  operation: 'readOutbox',
  summary: 'Read how far events are told, and what else is due in the background',
  responses: { 200: Outbox },
  handle: ({ services }) => services.backgroundWork.outbox(),
})

const Migrations = z
  .object({
    items: z.array(
      z.object({
        source: z.string().describe('The platform, or a system'),
        name: z.string(),
        appliedAt: Time,
        milliseconds: count,
        contracts: z.boolean().describe('Takes away what the release before needs'),
      }),
    ),
  })
  .meta({ id: 'AppliedMigrations' })

const listMigrations = route({
  ...shared,
  method: 'GET',
  path: '/v1/operations/migrations',
  operation: 'listMigrations',
  summary: 'List what was applied to the database, the newest first',
  responses: { 200: Migrations },
  handle: async ({ services }) => ({ items: await services.backgroundWork.migrations() }),
})

export const backgroundRoutes: readonly Route[] = [listJobs, reviveJobs, readOutbox, listMigrations]
