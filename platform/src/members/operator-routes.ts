import { z } from 'zod'
import { expectedVersion } from '../http/etag.ts'
import { pageQuery } from '../http/page.ts'
import { type Route, reply, route } from '../http/route.ts'
import { Invitation, InvitationPage, invitationPage, NewInvitation } from './invitation-routes.ts'
import { rolesOf } from './role-routes.ts'
import { MemberPage, memberPage, memberQuery } from './routes.ts'
import { KeysBeyond, Member, MemberChanges, NewMember, Removal, RoleList } from './schemas.ts'

const shared = { permission: 'operator', entersTenant: true, tags: ['Members'] } as const
const TenantPath = z.strictObject({ tenantId: z.uuid() })
const MemberPath = z.strictObject({ tenantId: z.uuid(), memberId: z.uuid() })

const listTenantMembers = route({
  ...shared,
  method: 'GET',
  path: '/v1/tenants/{tenantId}/members',
  operation: 'listTenantMembers',
  summary: 'List the members of a tenant',
  params: TenantPath,
  query: memberQuery,
  responses: { 200: MemberPage },
  problems: ['invalid_cursor'],
  handle: ({ scope, query, services }) => memberPage(services.members, scope, query),
})

const listTenantRoles = route({
  ...shared,
  method: 'GET',
  path: '/v1/tenants/{tenantId}/roles',
  operation: 'listTenantRoles',
  summary: 'List the roles of a tenant, and the permissions there are in it',
  params: TenantPath,
  responses: { 200: RoleList },
  handle: ({ scope, tenant, services }) => rolesOf(scope, tenant, services),
})

const addTenantMember = route({
  ...shared,
  method: 'POST',
  path: '/v1/tenants/{tenantId}/members',
  operation: 'addTenantMember',
  summary: 'Make somebody a member without asking him',
  description: 'Who has no account gets one, and a password by asking for a new one.',
  params: TenantPath,
  body: NewMember,
  responses: { 201: Member },
  problems: ['conflict', 'quota_exceeded'],
  handle: async ({ scope, body, services }) => reply(201, await services.members.add(scope, body)),
})

const updateTenantMember = route({
  ...shared,
  method: 'PATCH',
  path: '/v1/tenants/{tenantId}/members/{memberId}',
  operation: 'updateTenantMember',
  summary: 'Change the role, reach or grants of a member of a tenant',
  params: MemberPath,
  query: KeysBeyond,
  body: MemberChanges,
  responses: { 200: Member },
  problems: ['last_owner', 'member_has_keys'],
  handle: ({ scope, params, query, body, services, request }) =>
    services.members.change(scope, params.memberId, body, expectedVersion(request), query.keys),
})

const removeTenantMember = route({
  ...shared,
  method: 'DELETE',
  path: '/v1/tenants/{tenantId}/members/{memberId}',
  operation: 'removeTenantMember',
  summary: 'Remove a member of a tenant',
  params: MemberPath,
  query: Removal,
  responses: { 204: null },
  problems: ['last_owner', 'member_has_keys'],
  handle: async ({ scope, params, query, services }) => {
    await services.members.remove(scope, params.memberId, query.keys)
    return reply(204)
  },
})

const inviteToTenant = route({
  ...shared,
  method: 'POST',
  path: '/v1/tenants/{tenantId}/invitations',
  operation: 'inviteToTenant',
  summary: 'Invite somebody into a tenant: its first owner, for example',
  params: TenantPath,
  body: NewInvitation,
  responses: { 201: Invitation },
  problems: ['conflict', 'not_configured'],
  handle: async ({ scope, body, principal, services }) =>
    reply(201, await services.invitations.invite(scope, { ...body, invitedByName: principal.name })),
})

const listTenantInvitations = route({
  ...shared,
  method: 'GET',
  path: '/v1/tenants/{tenantId}/invitations',
  operation: 'listTenantInvitations',
  summary: 'List the invitations of a tenant, the newest first',
  params: TenantPath,
  query: z.strictObject(pageQuery),
  responses: { 200: InvitationPage },
  problems: ['invalid_cursor'],
  handle: ({ scope, query, services }) => invitationPage(services.invitations, scope, query),
})

export const operatorMemberRoutes: readonly Route[] = [
  listTenantMembers,
  listTenantRoles,
  addTenantMember,
  updateTenantMember,
  removeTenantMember,
  inviteToTenant,
  listTenantInvitations,
]
