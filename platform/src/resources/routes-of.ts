import { z } from 'zod'
import type { Permission } from '../access/principal.ts'
import { expectedVersion } from '../http/etag.ts'
import { pageOf, pageQuery } from '../http/page.ts'
import { type Route, reply, route } from '../http/route.ts'
import type { AnyResource, ResourceValues } from './columns.ts'
import { changeSchema, creationSchema, Id, itemSchema, typeName } from './fields.ts'
import { listQueryShape } from './list-query.ts'
import { type ListQuery, listResources } from './list-resources.ts'
import { changeResource, createResource, deleteResource, readResource } from './operations.ts'

const ItemPath = z.strictObject({ id: Id })

/**
 * The routes of a declared resource: list, create, read, change, delete.
 *
 * @example
 * const routes = (system.resources ?? []).flatMap(routesOf)
 */
export function routesOf(resource: AnyResource): Route[] {
  const Item = itemSchema(resource)
  const parts = { resource, Item, collection: pathOf(resource) }
  return [listRoute(parts), createRoute(parts), readRoute(parts), changeRoute(parts), deleteRoute(parts)]
}

/** Of its list, and above each of its objects. */
export function pathOf(resource: AnyResource): `/v1/${string}` {
  return `/v1/${resource.path ?? `${resource.system}/${resource.plural}`}`
}

interface Parts {
  readonly resource: AnyResource
  readonly Item: z.ZodType
  readonly collection: `/v1/${string}`
}

function listRoute({ resource, Item, collection }: Parts): Route {
  return route({
    ...shared(resource, 'read'),
    ...loggedAs(resource, 'list'),
    method: 'GET',
    path: collection,
    operation: `list${typeName(resource, '', resource.plural)}`,
    summary: `List ${resource.plural}`,
    query: z.strictObject({ ...pageQuery, ...listQueryShape(resource) }),
    responses: { 200: pageOf(Item).meta({ id: typeName(resource, 'Page') }) },
    problems: ['invalid_cursor'],
    handle: ({ scope, query }) => listResources(scope, resource, query as ListQuery),
  })
}

function createRoute({ resource, Item, collection }: Parts): Route {
  return route({
    ...shared(resource, 'write'),
    method: 'POST',
    path: collection,
    operation: `create${typeName(resource)}`,
    summary: `Create a ${resource.singular}`,
    idempotency: 'accepted',
    etag: 'answered',
    body: creationSchema(resource),
    responses: { 201: Item },
    problems: [
      'conflict',
      ...(resource.counts === undefined ? [] : ['quota_exceeded']),
      ...(resource.references === undefined ? [] : ['not_found', 'object_not_granted']),
    ],
    handle: async ({ scope, body }) => {
      const row = await createResource(scope, resource, body as ResourceValues)
      return reply(201, row, { headers: { location: `${collection}/${row.id}` } })
    },
  })
}

function readRoute({ resource, Item, collection }: Parts): Route {
  return route({
    ...shared(resource, 'read'),
    ...loggedAs(resource, 'read'),
    method: 'GET',
    path: `${collection}/{id}`,
    operation: `read${typeName(resource)}`,
    summary: `Read a ${resource.singular}`,
    etag: 'answered',
    params: ItemPath,
    responses: { 200: Item },
    problems: absences(resource),
    handle: ({ scope, params }) => readResource(scope, resource, params.id),
  })
}

function changeRoute({ resource, Item, collection }: Parts): Route {
  return route({
    ...shared(resource, 'write'),
    method: 'PATCH',
    path: `${collection}/{id}`,
    operation: `change${typeName(resource)}`,
    summary: `Change a ${resource.singular}`,
    description: 'What the body names is changed, the rest stays. An optional field is emptied by null.',
    etag: 'required',
    params: ItemPath,
    body: changeSchema(resource),
    responses: { 200: Item },
    problems: [...absences(resource), 'conflict', 'precondition_failed', 'precondition_required'],
    handle: ({ scope, params, body, request }) =>
      changeResource(scope, resource, params.id, body as ResourceValues, expectedVersion(request)),
  })
}

function deleteRoute({ resource, collection }: Parts): Route {
  return route({
    ...shared(resource, 'write'),
    method: 'DELETE',
    path: `${collection}/{id}`,
    operation: `delete${typeName(resource)}`,
    summary: `Delete a ${resource.singular} and what belongs to it`,
    description: 'With `If-Match` only at that version.',
    params: ItemPath,
    responses: { 204: null },
    problems: [...absences(resource), 'conflict', 'precondition_failed', 'still_referenced'],
    handle: async ({ scope, params, request }) => {
      await deleteResource(scope, resource, params.id, expectedVersion(request))
      return reply(204)
    },
  })
}

function shared(resource: AnyResource, verb: 'read' | 'write'): { permission: Permission; tags: string[] } {
  return { permission: `${resource.system}.${resource.plural}:${verb}`, tags: [resource.system] }
}

function loggedAs({ logged, singular }: AnyResource, verb: 'read' | 'list'): { logged?: string } {
  return logged === true ? { logged: `${singular}.${verb}` } : {}
}

function absences(resource: AnyResource): string[] {
  return resource.grantedBy === undefined ? ['not_found'] : ['not_found', 'object_not_granted']
}
