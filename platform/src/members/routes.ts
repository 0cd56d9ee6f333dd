import { z } from 'zod'
import { expectedVersion } from '../http/etag.ts'
import { makePage, pageOf, pageQuery, readCursor, timePosition } from '../http/page.ts'
import { type Route, reply, route } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import type { Member as MemberRecord } from './member.ts'
import type { MemberService } from './members.ts'
import { KeysBeyond, Member, MemberChanges, MemberPath, Removal, RoleName, Time } from './schemas.ts'

const tags = ['Members'] as const

export const memberQuery = z.strictObject({
  ...pageQuery,
  role: RoleName.optional(),
  customRoleId: z.uuid().optional(),
  search: z.string().min(1).max(100).optional().describe('Words of name or address, each by its beginning'),
})
export const MemberPage = pageOf(Member).meta({ id: 'MemberPage' })

/** A page, for the tenant's own people and for operators alike. */
export async function memberPage(
  members: MemberService,
  scope: Parameters<MemberService['list']>[0],
  { limit, cursor, ...filter }: z.output<typeof memberQuery>,
) {
  const after = readCursor(cursor, filter, timePosition)
  const page = {
    after: after && { joinedAt: after.values[0], id: after.id },
    limit: limit + 1,
  }
  const rows = await members.list(scope, filter, page)
  return makePage<MemberRecord>(rows, limit, filter, ({ joinedAt, id }) => ({ values: [joinedAt], id }))
}

const listMembers = route({
  method: 'GET',
  path: '/v1/members',
  operation: 'listMembers',
  summary: 'List members, in the order in which they joined',
  tags,
  permission: 'members:read',
  query: memberQuery,
  responses: { 200: MemberPage },
  problems: ['invalid_cursor'],
  handle: ({ scope, query, services }) => memberPage(services.members, scope, query),
})

const readMember = route({
  method: 'GET',
  path: '/v1/members/{id}',
  operation: 'readMember',
  summary: 'Read a member',
  tags,
  permission: 'members:read',
  etag: 'answered',
  params: MemberPath,
  responses: { 200: Member },
  handle: ({ scope, params, services }) => services.members.read(scope, params.id),
})

const updateMember = route({
  method: 'PATCH',
  path: '/v1/members/{id}',
  operation: 'updateMember',
  summary: "Change a member's role, reach or grants",
  description:
    'It acts within a second. Nobody gives a role or permission that he does not have, or changes somebody of a higher role; the last owner stays.',
  tags,
  permission: 'members:write',
  etag: 'required',
  params: MemberPath,
  query: KeysBeyond,
  body: MemberChanges,
  responses: { 200: Member },
  problems: ['last_owner', 'member_has_keys'],
  handle: ({ scope, params, query, body, services, request }) =>
    services.members.change(scope, params.id, body, expectedVersion(request), query.keys),
})

const removeMember = route({
  method: 'DELETE',
  path: '/v1/members/{id}',
  operation: 'removeMember',
  summary: 'Remove a member; sessions and tokens are out within a second',
  tags,
  permission: 'members:write',
  params: MemberPath,
  query: Removal,
  responses: { 204: null },
  problems: ['last_owner', 'member_has_keys'],
  handle: async ({ scope, params, query, services }) => {
    await services.members.remove(scope, params.id, query.keys)
    return reply(204)
  },
})

const TenantName = z.object({ id: z.uuid(), name: z.string(), slug: z.string() })

const leaveTenant = route({
  method: 'POST',
  path: '/v1/members/leave',
  operation: 'leaveTenant',
  summary: 'Leave the tenant you are in',
  tags,
  permission: 'authenticated',
  query: Removal,
  responses: { 200: z.object({ left: TenantName }).meta({ id: 'LeftTenant' }) },
  problems: ['last_owner', 'member_has_keys'],
  handle: async ({ scope, principal, tenant: { id, name, slug }, query, services }) => {
    if (principal.kind !== 'member') throw problems.forbidden('Only a member can leave; a key is revoked.')
    await services.members.remove(scope, principal.id, query.keys)
    return { left: { id, name, slug } }
  },
})

const MyTenant = z.object({
  memberId: z.uuid(),
  tenant: TenantName,
  status: z.string(),
  role: RoleName,
  tenantAdmin: z.boolean().describe('Owner or admin'),
  joinedAt: Time,
  preferredAt: Time.nullable().describe('The one preferred last serves at sign-in; with none, the oldest'),
})

const listMyTenants = route({
  method: 'GET',
  path: '/v1/me/tenants',
  operation: 'listMyTenants',
  summary: 'List the tenants you belong to: the preferred one first, then the oldest',
  tags,
  permission: 'person',
  responses: { 200: z.object({ items: z.array(MyTenant) }).meta({ id: 'MyTenants' }) },
  handle: async ({ principal, services }) => {
    const memberships = await services.members.membershipsOf(principal.id, principal.realmId)
    return {
      items: memberships.map(({ id, tenant, status, role, joinedAt, preferredAt }) => ({
        memberId: id,
        tenant: { id: tenant.id, name: tenant.name, slug: tenant.slug },
        status,
        role,
        tenantAdmin: role === 'owner' || role === 'admin',
        joinedAt,
        preferredAt: preferredAt ?? null,
      })),
    }
  },
})

export const memberRoutes: readonly Route[] = [listMembers, readMember, updateMember, removeMember, leaveTenant, listMyTenants]
