import { z } from 'zod'
import type { TenantPrincipal } from '../access/principal.ts'
import { makePage, pageOf, pageQuery, readCursor, timePosition } from '../http/page.ts'
import { queryBoolean } from '../http/query-values.ts'
import { reasonOf } from '../http/request-headers.ts'
import { type Route, reply, route } from '../http/route.ts'
import { refuseOtherSites } from '../identity/door.ts'
import { problems } from '../problems/catalogue.ts'
import { AccessToken, HandOffToken } from './schemas.ts'

const tags = ['Operator access'] as const
const Time = z.string().meta({ format: 'date-time' })

const access = {
  id: z.uuid(),
  operatorId: z.uuid(),
  operatorName: z.string(),
  memberId: z.uuid(),
  memberName: z.string().nullable().describe('Null for one who is no member any more'),
  reason: z.string(),
  readOnly: z.boolean(),
  createdAt: Time,
  openedAt: Time.nullable().describe('When a browser followed the link'),
  expiresAt: Time,
  endedAt: Time.nullable(),
  running: z.boolean(),
}
const OperatorAccess = z.object(access).meta({ id: 'OperatorAccess' })
const Acting = z
  .object({
    acting: z
      .object({ ...access, memberRole: z.string() })
      .nullable()
      .describe('Null for everybody who is himself'),
  })
  .meta({ id: 'Acting' })

const StartedAccess = z
  .object({
    id: z.uuid(),
    readOnly: z.boolean(),
    url: z.string().meta({ secret: true }).optional().describe("Opens it on the tenant's host, once, within a minute"),
    ...AccessToken.shape,
  })
  .meta({ id: 'StartedOperatorAccess' })

const AccessOrder = z.strictObject({
  minutes: z.int().min(1).max(60).default(30),
  readOnly: z.boolean().default(true).describe('Whatever is no GET is refused'),
})

const MemberPath = z.strictObject({ tenantId: z.uuid(), memberId: z.uuid() })

const actAsMember = route({
  method: 'POST',
  path: '/v1/tenants/{tenantId}/members/{memberId}/token',
  operation: 'actAsMember',
  summary: 'Act as a member, for an hour at most, and without changing anything unless it is asked for',
  description:
    "Whatever is done with the token names both, member and operator, in the tenant's audit; the tenant sees it run, and can end " +
    "it. It is not for the person's own affairs.",
  tags,
  permission: 'operator',
  entersTenant: true,
  idempotency: 'own',
  params: MemberPath,
  body: AccessOrder.optional(),
  responses: { 200: StartedAccess },
  problems: ['not_configured'],
  handle: ({ params, body, principal, scope, request, services }) =>
    services.operatorAccess.start(scope, {
      memberId: params.memberId,
      operator: principal,
      reason: reasonOf(request),
      minutes: body?.minutes ?? 30,
      readOnly: body?.readOnly ?? true,
    }),
})

const openOperatorAccess = route({
  method: 'POST',
  path: '/v1/auth/operator-access',
  operation: 'openOperatorAccess',
  summary: 'Follow the link with which an operator acts as a member in a browser',
  tags,
  permission: 'public',
  idempotency: 'own',
  body: z.strictObject({ token: HandOffToken }),
  responses: { 200: AccessToken },
  problems: ['unauthenticated', 'cross_site', 'not_configured'],
  handle: ({ body, tenant, request, services }) => {
    refuseOtherSites(request)
    if (tenant === undefined) throw problems.not_found('There is nothing here.')
    return services.operatorAccess.open(body.token, tenant.id, request)
  },
})

const listOperatorAccess = route({
  method: 'GET',
  path: '/v1/operator-access',
  operation: 'listOperatorAccess',
  summary: 'List when operators acted as members, why, and who acts now; the newest first',
  description: 'Of the last three months; the audit has all of it.',
  tags,
  permission: 'audit:read',
  whileSuspended: true,
  query: z.strictObject({ ...pageQuery, running: queryBoolean().optional() }),
  responses: { 200: pageOf(OperatorAccess).meta({ id: 'OperatorAccessPage' }) },
  problems: ['invalid_cursor'],
  handle: async ({ scope, principal, query, services }) => {
    requireWholeTenant(principal)
    const { limit, cursor, ...asked } = query
    const after = readCursor(cursor, asked, timePosition)
    const place = after && { at: after.values[0], id: after.id }
    const rows = await services.operatorAccess.list(scope, { ...asked, after: place, limit: limit + 1 })
    return makePage(rows, limit, asked, ({ createdAt, id }) => ({ values: [createdAt], id }))
  },
})

const endOperatorAccess = route({
  method: 'POST',
  path: '/v1/operator-access/{id}/end',
  operation: 'endOperatorAccess',
  summary: "End an operator's time as a member: he is out within a second, everywhere",
  tags,
  permission: 'settings:secure',
  whileSuspended: true,
  params: z.strictObject({ id: z.uuid() }),
  responses: { 200: OperatorAccess },
  handle: ({ scope, principal, params, services }) => {
    requireWholeTenant(principal)
    return services.operatorAccess.end(scope, params.id, 'removed')
  },
})

const readActing = route({
  method: 'GET',
  path: '/v1/operator-access/current',
  operation: 'readActing',
  summary: 'Read whether the credential is an operator who acts as a member, why, and until when',
  tags,
  permission: 'authenticated',
  whileSuspended: true,
  responses: { 200: Acting },
  handle: async ({ scope, principal, services }) => ({
    acting: (await services.operatorAccess.current(scope, principal)) ?? null,
  }),
})

const stopActing = route({
  method: 'POST',
  path: '/v1/operator-access/current/end',
  operation: 'stopActing',
  summary: 'Stop acting as a member',
  tags,
  permission: 'authenticated',
  whileSuspended: true,
  whileReadOnly: true,
  idempotency: 'own',
  responses: { 204: null },
  handle: async ({ scope, principal, services }) => {
    if (principal.acting === undefined) throw problems.not_found('You act as nobody.')
    await services.operatorAccess.end(scope, principal.acting.accessId, 'signed_out')
    return reply(204)
  },
})

const RunningAccess = z.object({
  id: z.uuid(),
  operatorId: z.uuid(),
  operatorName: z.string(),
  memberId: z.uuid(),
  readOnly: z.boolean(),
  createdAt: Time,
  expiresAt: Time,
  tenant: z.object({ id: z.uuid(), slug: z.string(), name: z.string() }),
})

const listRunningAccess = route({
  method: 'GET',
  path: '/v1/operations/operator-access',
  operation: 'listRunningOperatorAccess',
  summary: 'List the operators who act as members now, in all tenants',
  tags,
  permission: 'operator',
  responses: { 200: z.object({ items: z.array(RunningAccess) }).meta({ id: 'RunningOperatorAccess' }) },
  handle: async ({ services }) => ({ items: await services.operatorAccess.running() }),
})

const endAccessOfTenant = route({
  method: 'POST',
  path: '/v1/tenants/{tenantId}/operator-access/{id}/end',
  operation: 'endTenantOperatorAccess',
  summary: "End an operator's time as a member of a tenant, one's own or another's",
  tags,
  permission: 'operator',
  entersTenant: true,
  params: z.strictObject({ tenantId: z.uuid(), id: z.uuid() }),
  responses: { 200: OperatorAccess },
  handle: ({ scope, params, services }) => services.operatorAccess.end(scope, params.id, 'removed'),
})

/** It is about the whole tenant, as its logs are. */
function requireWholeTenant({ reach }: TenantPrincipal): void {
  if (reach !== 'all') throw problems.forbidden('This is about the whole tenant.', { permission: 'reach:all' })
}

export const operatorAccessRoutes: readonly Route[] = [
  openOperatorAccess,
  listOperatorAccess,
  endOperatorAccess,
  readActing,
  stopActing,
]
export const operatorsAccessRoutes: readonly Route[] = [actAsMember, listRunningAccess, endAccessOfTenant]
