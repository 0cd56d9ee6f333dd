import { z } from 'zod'
import type { TenantPrincipal } from '../access/principal.ts'
import { replyEvents } from '../http/event-stream.ts'
import { makePage, pageOf, pageQuery, readCursor } from '../http/page.ts'
import { type Route, route, type Services } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import { everyEvent } from './event-access.ts'

/** Each caller is shown the events of what he may read, so there is no one permission for all of them. */
const shared = { tags: ['Events'], permission: 'authenticated' } as const

const Event = z
  .object({
    id: z.uuid(),
    type: z.string(),
    objectId: z.uuid(),
    version: z.int().describe('Grows with each event of the object'),
    data: z.record(z.string(), z.unknown()),
    at: z.string().meta({ format: 'date-time' }),
  })
  .meta({ id: 'Event' })

const listEvents = route({
  ...shared,
  method: 'GET',
  path: '/v1/events',
  operation: 'listEvents',
  summary: 'List what happened, of what you may read',
  description:
    'Events are kept for a month. From the oldest, the last page has no `nextCursor`; keep the one before to go on from there.',
  query: z.strictObject({
    ...pageQuery,
    order: z.enum(['oldest', 'newest']).default('oldest').describe('Which come first'),
    type: z
      .string()
      .max(120)
      .regex(
        /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?$/,
        'Must be a type, such as bms.building.created, or a prefix such as bms.*.',
      )
      .optional(),
  }),
  responses: { 200: pageOf(Event).meta({ id: 'EventPage' }) },
  problems: ['invalid_cursor', 'forbidden'],
  handle: async ({ scope, principal, query: { limit, cursor, type, order }, services }) => {
    const visible = visibleTo(principal, services)
    const asked = { type, order }
    const position = readCursor(cursor, asked, EventPosition)
    const after = position && { xid: position.values[0], id: position.id }
    const rows = await services.eventLog.list(scope, { visible, type, order, after, limit: limit + 1 })
    return makePage(rows, limit, asked, ({ xid, id }) => ({ values: [xid], id }))
  },
})

const followEvents = route({
  ...shared,
  method: 'GET',
  path: '/v1/events/stream',
  operation: 'followEvents',
  summary: 'Follow what happens as server-sent events, of what you may read',
  description: 'Events: `event`; `reset`, more was missed than is told again. `Last-Event-ID` resumes.',
  responses: { 200: 'text/event-stream' },
  problems: ['quota_exceeded', 'invalid_cursor', 'forbidden'],
  handle: async ({ scope, principal, request, services }) => {
    const visible = visibleTo(principal, services)
    const options = { visible, after: request.headers['last-event-id'], signal: request.signal }
    return replyEvents(await services.eventLog.follow(scope, options))
  },
})

export const eventRoutes: readonly Route[] = [listEvents, followEvents]

/** Events tell of objects that a limited caller may not see. */
function visibleTo(principal: TenantPrincipal, { eventLog }: Services): readonly string[] {
  if (principal.reach !== 'all') throw problems.forbidden('Events are about the whole tenant.', { permission: 'reach:all' })
  const visible = eventLog.visibleTo(principal)
  if (visible.length === 0) throw problems.forbidden(`This needs the permission ${everyEvent}.`, { permission: everyEvent })
  return visible
}

const EventPosition = z.object({ values: z.tuple([z.string().regex(/^\d{1,19}$/)]), id: z.uuid() })
