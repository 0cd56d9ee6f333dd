import { z } from 'zod'
import { AddressRanges } from '../access/address-schema.ts'
import { idPosition, makePage, pageOf, pageQuery, readCursor } from '../http/page.ts'
import type { RouteContext, Services } from '../http/route.ts'
import { type Route, reply, route } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { platformFeatures } from '../plans/platform-features.ts'
import type { KeyCreator, MadeKey } from './keys.ts'

const Time = z.string().meta({ format: 'date-time' })
const PermissionName = z.string().regex(/^[a-z0-9_.]{1,80}:[a-z0-9_]{1,40}$/i, 'Must be a permission, such as keys:read.')
const KeyPath = z.strictObject({ id: z.uuid() })

const RequestsPerHour = z
  .int()
  .min(1)
  .max(36_000_000)
  .nullable()
  .describe('Null: as many as the installation gives every key, 1,000 unless configured otherwise')

export const NewKey = z.strictObject({
  name: z.string().min(1).max(200),
  permissions: z.array(PermissionName).min(1).max(200),
  reach: z.enum(['all', 'granted']).optional().describe('`granted`: only the objects that `grants` names'),
  grants: z.array(z.uuid()).max(1000).optional(),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
  requestsPerHour: RequestsPerHour.optional(),
  allowedAddresses: AddressRanges.optional(),
})

const key = {
  id: z.uuid(),
  publicId: z.string(),
  name: z.string(),
  permissions: z.array(z.string()),
  reach: z.enum(['all', 'granted']),
  expiresAt: Time.nullable(),
  revokedAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
  createdAt: Time,
  requestsPerHour: z.int().nullable(),
  allowedAddresses: z.array(z.string()),
  replaces: z.uuid().nullable().describe('The key that it was rotated from'),
}
const Key = z.object(key).meta({ id: 'Key' })
const CreatedKey = z
  .object({
    ...key,
    credential: z
      .string()
      .meta({ secret: true })
      .optional()
      .describe('The key itself: shown this once; missing when an answer is repeated'),
  })
  .meta({ id: 'CreatedKey' })

const tags = ['Keys'] as const

type CreateContext = Pick<RouteContext<'authenticated', undefined, undefined, typeof NewKey>, 'scope' | 'body' | 'services'>

async function create({ scope, body, services }: CreateContext, creator: KeyCreator) {
  return created(await services.keys.create(scope, body, creator))
}

function created({ key, credential }: MadeKey) {
  return reply(201, { ...key, credential }, { headers: { location: `/v1/keys/${key.id}` } })
}

interface Listing {
  readonly scope: TenantScope
  readonly query: { readonly limit: number; readonly cursor?: string | undefined }
  readonly services: Services
}

async function listed({ scope, query: { limit, cursor }, services }: Listing) {
  const rows = await services.keys.list(scope, { after: readCursor(cursor, {}, idPosition)?.id, limit: limit + 1 })
  return makePage(rows, limit, {}, ({ id }) => ({ values: [], id }))
}

const createKey = route({
  method: 'POST',
  path: '/v1/keys',
  operation: 'createKey',
  feature: platformFeatures.apiAccess,
  summary: 'Make an API key; the answer is the only time it is shown',
  tags,
  permission: 'keys:write',
  role: 'admin',
  body: NewKey,
  responses: { 201: CreatedKey },
  handle: (context) => create(context, context.principal),
})

const listKeys = route({
  method: 'GET',
  path: '/v1/keys',
  operation: 'listKeys',
  summary: 'List API keys, the newest first',
  tags,
  permission: 'keys:read',
  query: z.strictObject(pageQuery),
  responses: { 200: pageOf(Key).meta({ id: 'KeyPage' }) },
  problems: ['invalid_cursor'],
  handle: listed,
})

const readKey = route({
  method: 'GET',
  path: '/v1/keys/{id}',
  operation: 'readKey',
  summary: 'Read an API key',
  tags,
  permission: 'keys:read',
  params: KeyPath,
  responses: { 200: Key },
  handle: ({ scope, params, services }) => services.keys.read(scope, params.id),
})

const changeKey = route({
  method: 'PATCH',
  path: '/v1/keys/{id}',
  operation: 'changeKey',
  summary: 'Change what a key is called, how often it may ask and where from; it acts at once',
  tags,
  permission: 'keys:write',
  role: 'admin',
  params: KeyPath,
  body: z.strictObject({
    name: z.string().min(1).max(200).optional(),
    requestsPerHour: RequestsPerHour.optional(),
    allowedAddresses: AddressRanges.optional(),
  }),
  responses: { 200: Key },
  problems: ['conflict', 'would_lock_out'],
  handle: ({ scope, params, body, principal, request, services }) =>
    services.keys.change(scope, params.id, body, principal, request.address),
})

/** A day: long enough to bring the new key to every machine. */
const usualOverlap = 86_400
const longestOverlap = 30 * 86_400

const rotateKey = route({
  method: 'POST',
  path: '/v1/keys/{id}/rotate',
  operation: 'rotateKey',
  feature: platformFeatures.apiAccess,
  summary: 'Make a new key that may what this one may; both work until the overlap is over',
  description:
    'Permissions, reach, grants, rate and addresses are those of the old key. The answer is the only time that the new one is shown.',
  tags,
  permission: 'keys:write',
  role: 'admin',
  params: KeyPath,
  body: z.strictObject({
    overlap: z
      .int()
      .min(0)
      .max(longestOverlap)
      .default(usualOverlap)
      .describe('Seconds that the old key still works, if it does not end before; default a day'),
    expiresAt: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Of the new key; default as long after now as the old one was to live altogether'),
  }),
  responses: { 201: CreatedKey },
  problems: ['conflict'],
  handle: async ({ scope, params, body, principal, services }) =>
    created(await services.keys.rotate(scope, params.id, body, principal)),
})

const revokeKey = route({
  method: 'DELETE',
  path: '/v1/keys/{id}',
  operation: 'revokeKey',
  summary: 'Revoke an API key: it is out within a second, everywhere',
  tags,
  permission: 'keys:write',
  role: 'admin',
  params: KeyPath,
  responses: { 204: null },
  handle: async ({ scope, params, services }) => {
    await services.keys.revoke(scope, params.id)
    return reply(204)
  },
})

const Grants = z.object({ grants: z.array(z.uuid()) }).meta({ id: 'KeyGrants' })

const readGrants = route({
  method: 'GET',
  path: '/v1/keys/{id}/grants',
  operation: 'readKeyGrants',
  summary: 'Read which objects a key may reach',
  tags,
  permission: 'keys:read',
  params: KeyPath,
  responses: { 200: Grants },
  handle: async ({ scope, params, services }) => ({ grants: await services.keys.grantsOf(scope, params.id) }),
})

const setGrants = route({
  method: 'PUT',
  path: '/v1/keys/{id}/grants',
  operation: 'setKeyGrants',
  summary: 'Give a key exactly these objects; it acts at once',
  tags,
  permission: 'keys:write',
  role: 'admin',
  params: KeyPath,
  body: z.strictObject({ grants: z.array(z.uuid()).max(1000) }),
  responses: { 200: Grants },
  problems: ['conflict'],
  handle: async ({ scope, params, body, services, principal }) => ({
    grants: await services.keys.setGrants(scope, params.id, body.grants, principal),
  }),
})

/** How a tenant gets its first key: an operator enters it, says why, and hands the key over. */
const createTenantKey = route({
  method: 'POST',
  path: '/v1/tenants/{tenantId}/keys',
  operation: 'createTenantKey',
  summary: 'Make an API key in a tenant',
  tags,
  permission: 'operator',
  entersTenant: true,
  params: z.strictObject({ tenantId: z.uuid() }),
  body: NewKey,
  responses: { 201: CreatedKey },
  handle: (context) => create(context, context.services.keys.everythingIn(context.tenant)),
})

export const keyRoutes: readonly Route[] = [createKey, listKeys, readKey, changeKey, rotateKey, revokeKey, readGrants, setGrants]
const listTenantKeys = route({
  method: 'GET',
  path: '/v1/tenants/{tenantId}/keys',
  operation: 'listTenantKeys',
  summary: 'List the API keys of a tenant, the newest first',
  tags,
  permission: 'operator',
  entersTenant: true,
  params: z.strictObject({ tenantId: z.uuid() }),
  query: z.strictObject(pageQuery),
  responses: { 200: pageOf(Key).meta({ id: 'KeyPage' }) },
  problems: ['invalid_cursor'],
  handle: listed,
})

const revokeTenantKey = route({
  method: 'DELETE',
  path: '/v1/tenants/{tenantId}/keys/{id}',
  operation: 'revokeTenantKey',
  summary: 'Revoke an API key of a tenant: it is out within a second, everywhere',
  tags,
  permission: 'operator',
  entersTenant: true,
  params: z.strictObject({ tenantId: z.uuid(), id: z.uuid() }),
  responses: { 204: null },
  handle: async ({ scope, params, services }) => {
    await services.keys.revoke(scope, params.id)
    return reply(204)
  },
})

export const operatorKeyRoutes: readonly Route[] = [createTenantKey, listTenantKeys, revokeTenantKey]
