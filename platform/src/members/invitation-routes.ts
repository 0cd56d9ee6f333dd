import { z } from 'zod'
import { originOf } from '../audit/origin.ts'
import { makePage, pageOf, pageQuery, readCursor, timePosition } from '../http/page.ts'
import { type Route, reply, route } from '../http/route.ts'
import type { InvitationService } from './invitations.ts'
import { Address, Member, MemberPath, PersonName, RoleName, standing, Time } from './schemas.ts'

const tags = ['Invitations'] as const

export const Invitation = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role: RoleName,
    customRoleId: z.uuid().nullable(),
    reach: z.enum(['all', 'granted']),
    grants: z.array(z.uuid()),
    state: z.enum(['open', 'accepted', 'revoked', 'expired']),
    invitedBy: z.uuid().describe('Member, key or operator'),
    invitedByName: z.string(),
    sentAt: Time,
    timesSent: z.int(),
    expiresAt: Time,
    acceptedAt: Time.nullable(),
    acceptedBy: z.uuid().nullable().describe('The member'),
    createdAt: Time,
    version: z.int(),
  })
  .meta({ id: 'Invitation' })

export const NewInvitation = z.strictObject({ email: Address, ...standing })
export const InvitationPage = pageOf(Invitation).meta({ id: 'InvitationPage' })

/** A page, for the tenant's own people and for operators alike. */
export async function invitationPage(
  invitations: InvitationService,
  scope: Parameters<InvitationService['list']>[0],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
) {
  const after = readCursor(cursor, {}, timePosition)
  const page = { after: after && { createdAt: after.values[0], id: after.id }, limit: limit + 1 }
  const rows = await invitations.list(scope, page)
  return makePage(rows, limit, {}, ({ createdAt, id }) => ({ values: [createdAt], id }))
}

const createInvitation = route({
  method: 'POST',
  path: '/v1/invitations',
  operation: 'createInvitation',
  summary: 'Invite somebody by mail',
  description: 'For one address, once, within seven days. Nobody gives a role or permission that he does not have.',
  tags,
  permission: 'members:write',
  body: NewInvitation,
  responses: { 201: Invitation },
  problems: ['conflict', 'not_configured'],
  handle: async ({ scope, body, services }) => {
    const invitation = await services.invitations.invite(scope, body)
    return reply(201, invitation, { headers: { location: `/v1/invitations/${invitation.id}` } })
  },
})

const listInvitations = route({
  method: 'GET',
  path: '/v1/invitations',
  operation: 'listInvitations',
  summary: 'List invitations, the newest first',
  tags,
  permission: 'members:read',
  query: z.strictObject(pageQuery),
  responses: { 200: InvitationPage },
  problems: ['invalid_cursor'],
  handle: ({ scope, query, services }) => invitationPage(services.invitations, scope, query),
})

const readInvitation = route({
  method: 'GET',
  path: '/v1/invitations/{id}',
  operation: 'readInvitation',
  summary: 'Read an invitation',
  tags,
  permission: 'members:read',
  params: MemberPath,
  responses: { 200: Invitation },
  handle: ({ scope, params, services }) => services.invitations.read(scope, params.id),
})

const resendInvitation = route({
  method: 'POST',
  path: '/v1/invitations/{id}/resend',
  operation: 'resendInvitation',
  summary: 'Send an invitation again, with a new link; the old one ends',
  tags,
  permission: 'members:write',
  params: MemberPath,
  responses: { 200: Invitation },
  problems: ['conflict', 'not_configured'],
  handle: ({ scope, params, services }) => services.invitations.resend(scope, params.id),
})

const revokeInvitation = route({
  method: 'DELETE',
  path: '/v1/invitations/{id}',
  operation: 'revokeInvitation',
  summary: 'Take an invitation back',
  tags,
  permission: 'members:write',
  params: MemberPath,
  responses: { 204: null },
  problems: ['conflict'],
  handle: async ({ scope, params, services }) => {
    await services.invitations.revoke(scope, params.id)
    return reply(204)
  },
})

const Token = z.string().min(1).max(200).meta({ secret: true })
const Tenant = z.object({ id: z.uuid(), name: z.string(), slug: z.string() })
const Acceptance = z.object({ member: Member, tenant: Tenant }).meta({ id: 'Acceptance' })

const lookAtInvitation = route({
  method: 'POST',
  path: '/v1/invitations/look',
  operation: 'lookAtInvitation',
  summary: 'See what a link invites to',
  tags,
  permission: 'public',
  body: z.strictObject({ token: Token }),
  responses: {
    200: z
      .object({
        tenant: z.object({ name: z.string(), slug: z.string() }),
        invitedByName: z.string(),
        email: z.string().describe('Masked'),
        role: RoleName,
        expiresAt: Time,
      })
      .meta({ id: 'InvitationLook' }),
  },
  problems: ['invitation_invalid'],
  handle: ({ body, tenant, request, services }) =>
    services.acceptance.look(body.token, services.identity.doorOf(request, tenant).tenantId),
})

const acceptInvitation = route({
  method: 'POST',
  path: '/v1/invitations/accept',
  operation: 'acceptInvitation',
  summary: 'Accept an invitation as who you are signed in',
  tags,
  permission: 'person',
  body: z.strictObject({ token: Token }),
  responses: { 201: Acceptance },
  problems: ['invitation_invalid', 'conflict', 'quota_exceeded'],
  handle: async ({ body, principal, tenant, request, services }) => {
    const from = { hostTenantId: tenant?.id, origin: originOf(request) }
    return reply(201, await services.acceptance.accept(body.token, principal, from))
  },
})

const joinByInvitation = route({
  method: 'POST',
  path: '/v1/invitations/join',
  operation: 'joinByInvitation',
  summary: 'Accept an invitation without being signed in',
  description:
    'With a name and a password it makes an account. With a password alone it is that of the account there is, with `code` where that has a second factor. The mail has proved the address.',
  tags,
  permission: 'public',
  body: z.strictObject({
    token: Token,
    name: PersonName.optional(),
    password: z.string().min(1).max(1000).meta({ secret: true }),
    code: z.string().min(6).max(10).optional().describe('Of the second factor of the account there is').meta({ secret: true }),
  }),
  responses: { 201: Acceptance },
  problems: ['invitation_invalid', 'sign_in_required', 'unauthenticated', 'conflict', 'quota_exceeded'],
  handle: async ({ body: { token, ...account }, tenant, request, services }) => {
    const from = { hostTenantId: tenant?.id, origin: originOf(request) }
    return reply(201, await services.acceptance.join(token, account, services.identity.doorOf(request, tenant), from))
  },
})

export const invitationRoutes: readonly Route[] = [
  createInvitation,
  listInvitations,
  readInvitation,
  resendInvitation,
  revokeInvitation,
  lookAtInvitation,
  acceptInvitation,
  joinByInvitation,
]
