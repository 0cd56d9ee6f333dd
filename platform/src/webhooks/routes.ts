import { z } from 'zod'
import type { TenantPrincipal } from '../access/principal.ts'
import { expectedVersion } from '../http/etag.ts'
import { idPosition, makePage, pageOf, pageQuery, readCursor, timePosition } from '../http/page.ts'
import { type Route, reply, route } from '../http/route.ts'
import { platformFeatures } from '../plans/platform-features.ts'
import { problems } from '../problems/catalogue.ts'
import { listDeliveries } from './delivery-queries.ts'
import { Delivery, NewWebhook, Webhook, WebhookChanges, WebhookWithSecret } from './webhook.ts'

const tags = ['Webhooks'] as const
const Path = z.strictObject({ id: z.uuid() })
const reads = { tags, permission: 'webhooks:read' } as const
const writes = { tags, permission: 'webhooks:write', role: 'admin' } as const

const createWebhook = route({
  ...writes,
  method: 'POST',
  path: '/v1/webhooks',
  operation: 'createWebhook',
  feature: platformFeatures.apiAccess,
  summary: 'Have an address told of what happens; the answer is the only time its secret is shown',
  body: NewWebhook,
  responses: { 201: WebhookWithSecret },
  problems: ['webhook_address_refused', 'quota_exceeded', 'not_configured', 'forbidden'],
  prepare: ({ principal, body, services }) => {
    requireWholeReach(principal)
    return services.webhooks.requireReachable(body.url)
  },
  handle: async ({ scope, body, services }) => {
    const { webhook, secret } = await services.webhooks.create(scope, body)
    return reply(201, { ...webhook, secret }, { headers: { location: `/v1/webhooks/${webhook.id}` } })
  },
})

const listWebhooks = route({
  ...reads,
  method: 'GET',
  path: '/v1/webhooks',
  operation: 'listWebhooks',
  summary: 'List webhooks, the newest first',
  query: z.strictObject(pageQuery),
  responses: { 200: pageOf(Webhook).meta({ id: 'WebhookPage' }) },
  problems: ['invalid_cursor', 'forbidden'],
  handle: async ({ scope, principal, query: { limit, cursor }, services }) => {
    requireWholeReach(principal)
    const rows = await services.webhooks.list(scope, { after: readCursor(cursor, {}, idPosition)?.id, limit: limit + 1 })
    return makePage(rows, limit, {}, ({ id }) => ({ values: [], id }))
  },
})

const readWebhook = route({
  ...reads,
  method: 'GET',
  path: '/v1/webhooks/{id}',
  operation: 'readWebhook',
  summary: 'Read a webhook and how it fares',
  etag: 'answered',
  params: Path,
  responses: { 200: Webhook },
  problems: ['forbidden'],
  handle: ({ scope, principal, params, services }) => {
    requireWholeReach(principal)
    return services.webhooks.read(scope, params.id)
  },
})

const updateWebhook = route({
  ...writes,
  method: 'PATCH',
  path: '/v1/webhooks/{id}',
  operation: 'updateWebhook',
  summary: 'Change a webhook, pause it, or set it to work again',
  etag: 'required',
  params: Path,
  body: WebhookChanges,
  responses: { 200: Webhook },
  problems: ['webhook_address_refused', 'forbidden'],
  handle: ({ scope, principal, params, body, request, services }) => {
    requireWholeReach(principal)
    return services.webhooks.update(scope, params.id, body, expectedVersion(request))
  },
})

const deleteWebhook = route({
  ...writes,
  method: 'DELETE',
  path: '/v1/webhooks/{id}',
  operation: 'deleteWebhook',
  summary: 'Delete a webhook with all that was to be sent there',
  params: Path,
  responses: { 204: null },
  problems: ['forbidden'],
  handle: async ({ scope, principal, params, services }) => {
    requireWholeReach(principal)
    await services.webhooks.delete(scope, params.id)
    return reply(204)
  },
})

const rotateWebhookSecret = route({
  ...writes,
  method: 'POST',
  path: '/v1/webhooks/{id}/rotate',
  operation: 'rotateWebhookSecret',
  summary: 'Make a new secret; both sign until the overlap is over',
  params: Path,
  body: z.strictObject({ overlapHours: z.int().min(0).max(168).default(24) }),
  responses: { 200: WebhookWithSecret },
  problems: ['not_configured', 'forbidden'],
  handle: async ({ scope, principal, params, body, services }) => {
    requireWholeReach(principal)
    const { webhook, secret } = await services.webhooks.rotate(scope, params.id, body.overlapHours)
    return { ...webhook, secret }
  },
})

const Sent = z.object({ eventId: z.uuid() }).meta({ id: 'WebhookEventId' })

const testWebhook = route({
  ...writes,
  method: 'POST',
  path: '/v1/webhooks/{id}/test',
  operation: 'testWebhook',
  summary: 'Send the event `webhook.test`',
  params: Path,
  responses: { 202: Sent },
  problems: ['conflict', 'forbidden'],
  handle: async ({ scope, principal, params, services }) => {
    requireWholeReach(principal)
    return reply(202, { eventId: await services.webhooks.test(scope, params.id) })
  },
})

const listWebhookDeliveries = route({
  ...reads,
  method: 'GET',
  path: '/v1/webhooks/{id}/deliveries',
  operation: 'listWebhookDeliveries',
  summary: 'List what was sent, and how it went, the newest events first',
  params: Path,
  query: z.strictObject({ ...pageQuery, state: z.enum(['waiting', 'delivered', 'failed']).optional() }),
  responses: { 200: pageOf(Delivery).meta({ id: 'WebhookDeliveryPage' }) },
  problems: ['invalid_cursor', 'forbidden'],
  handle: async ({ scope, principal, params: { id }, query: { limit, cursor, ...filter }, services }) => {
    requireWholeReach(principal)
    await services.webhooks.read(scope, id)
    const asked = { ...filter, id }
    const position = readCursor(cursor, asked, timePosition)
    const after = position && { at: position.values[0], id: position.id }
    const rows = await listDeliveries(scope, id, filter, after, limit + 1)
    return makePage(rows, limit, asked, ({ eventAt, eventId }) => ({ values: [eventAt], id: eventId }))
  },
})

const replayWebhookDelivery = route({
  ...writes,
  method: 'POST',
  path: '/v1/webhooks/{id}/deliveries/{eventId}/replay',
  operation: 'replayWebhookDelivery',
  summary: 'Send an event again, with the id that it had',
  params: z.strictObject({ id: z.uuid(), eventId: z.uuid() }),
  responses: { 202: Sent },
  problems: ['forbidden'],
  handle: async ({ scope, principal, params: { id, eventId }, services }) => {
    requireWholeReach(principal)
    await services.webhooks.replay(scope, id, eventId)
    return reply(202, { eventId })
  },
})

const Moment = z.iso.datetime({ offset: true })

const replayWebhook = route({
  ...writes,
  method: 'POST',
  path: '/v1/webhooks/{id}/replay',
  operation: 'replayWebhook',
  summary: 'Send all events of a time again, also those that were never sent',
  description: 'Events are kept for a month.',
  params: Path,
  body: z.strictObject({ from: Moment.describe('First moment'), to: Moment.describe('Moment after the last') }),
  responses: { 202: z.object({ events: z.int() }).meta({ id: 'WebhookReplay' }) },
  problems: ['range_too_wide', 'forbidden'],
  handle: async ({ scope, principal, params, body, services }) => {
    requireWholeReach(principal)
    return reply(202, { events: await services.webhooks.replaySpan(scope, params.id, body) })
  },
})

export const webhookRoutes: readonly Route[] = [
  createWebhook,
  listWebhooks,
  readWebhook,
  updateWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  testWebhook,
  listWebhookDeliveries,
  replayWebhookDelivery,
  replayWebhook,
]

/** Events tell of objects that a limited caller may not see. */
function requireWholeReach({ reach }: TenantPrincipal): void {
  if (reach !== 'all') throw problems.forbidden('Webhooks are about the whole tenant.', { permission: 'reach:all' })
}
