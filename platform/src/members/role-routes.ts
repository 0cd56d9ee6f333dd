import type { TenantEntry } from '../directory/entries.ts'
import { expectedVersion } from '../http/etag.ts'
import { type Route, reply, route, type Services } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { CustomRole, MemberPath, NewRole, RoleChanges, RoleList } from './schemas.ts'

const tags = ['Roles'] as const

/** For the tenant's own people and for operators alike. */
export async function rolesOf(scope: TenantScope, tenant: TenantEntry, { roles }: Services) {
  return { builtIn: roles.builtIn(tenant), items: await roles.list(scope), permissions: roles.permissions(tenant) }
}

const listRoles = route({
  method: 'GET',
  path: '/v1/roles',
  operation: 'listRoles',
  summary: 'List roles: the built-in ones, your own, and the permissions there are',
  tags,
  permission: 'roles:read',
  responses: { 200: RoleList },
  handle: ({ scope, tenant, services }) => rolesOf(scope, tenant, services),
})

const createRole = route({
  method: 'POST',
  path: '/v1/roles',
  operation: 'createRole',
  summary: 'Make a role of your own',
  description: 'Nobody makes a role with a permission that he does not have.',
  tags,
  permission: 'roles:write',
  role: 'admin',
  body: NewRole,
  responses: { 201: CustomRole },
  problems: ['conflict'],
  handle: async ({ scope, body, services }) => {
    const role = await services.roles.create(scope, body)
    return reply(201, role, { headers: { location: `/v1/roles/${role.id}` } })
  },
})

const readRole = route({
  method: 'GET',
  path: '/v1/roles/{id}',
  operation: 'readRole',
  summary: 'Read a role of your own',
  tags,
  permission: 'roles:read',
  etag: 'answered',
  params: MemberPath,
  responses: { 200: CustomRole },
  handle: ({ scope, params, services }) => services.roles.read(scope, params.id),
})

const updateRole = route({
  method: 'PATCH',
  path: '/v1/roles/{id}',
  operation: 'updateRole',
  summary: 'Change a role; who has it has what it says within a second',
  tags,
  permission: 'roles:write',
  role: 'admin',
  etag: 'required',
  params: MemberPath,
  body: RoleChanges,
  responses: { 200: CustomRole },
  problems: ['conflict'],
  handle: ({ scope, params, body, services, request }) => services.roles.change(scope, params.id, body, expectedVersion(request)),
})

const deleteRole = route({
  method: 'DELETE',
  path: '/v1/roles/{id}',
  operation: 'deleteRole',
  summary: 'Delete a role that nobody has',
  tags,
  permission: 'roles:write',
  role: 'admin',
  params: MemberPath,
  responses: { 204: null },
  problems: ['still_referenced'],
  handle: async ({ scope, params, services }) => {
    await services.roles.remove(scope, params.id)
    return reply(204)
  },
})

export const roleRoutes: readonly Route[] = [listRoles, createRole, readRole, updateRole, deleteRole]
