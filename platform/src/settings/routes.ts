import { z } from 'zod'
import { requirePermission } from '../access/guards.ts'
import type { TenantPrincipal } from '../access/principal.ts'
import { expectedVersion } from '../http/etag.ts'
import { invalidRequest } from '../http/input.ts'
import { makePage, pageOf, pageQuery, readCursor, timePosition } from '../http/page.ts'
import { type Route, reply, route } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import { DescribedSetting, describedFor } from './described-setting.ts'
import { callIntegration } from './integration.ts'
import { Setting, SettingChange, type SettingDefinition, SettingValues, settingCategories } from './setting.ts'

const tags = ['Settings'] as const
const reads = { tags, permission: 'settings:read' } as const
const writes = { tags, permission: 'settings:write' } as const
const Path = z.strictObject({ key: z.string().min(1).max(100) })

const listSettings = route({
  ...reads,
  method: 'GET',
  path: '/v1/settings',
  operation: 'listSettings',
  summary: 'List the settings that you may read, with what holds',
  query: z.strictObject({ category: z.enum(settingCategories).optional() }),
  responses: { 200: z.object({ items: z.array(DescribedSetting) }).meta({ id: 'Settings' }) },
  handle: async ({ scope, principal, tenant, query: { category }, services }) => {
    const definitions = [...services.settings.registry.in(tenant.system).values()]
      .filter((each) => category === undefined || each.category === category)
      .filter((each) => mayRead(principal, each))
    const settings = await services.settings.describe(scope, definitions)
    return { items: settings.map((setting, index) => describedFor(setting, definitions[index] as SettingDefinition)) }
  },
})

const readSetting = route({
  ...reads,
  method: 'GET',
  path: '/v1/settings/{key}',
  operation: 'readSetting',
  summary: 'Read a setting',
  etag: 'answered',
  params: Path,
  responses: { 200: DescribedSetting },
  problems: ['setting_unknown'],
  handle: async ({ scope, principal, tenant, params, services }) => {
    const definition = services.settings.registry.find(tenant.system, params.key)
    requireReading(principal, definition)
    const [setting] = await services.settings.describe(scope, [definition])
    return describedFor(setting as Setting, definition)
  },
})

const setSetting = route({
  ...writes,
  method: 'PUT',
  path: '/v1/settings/{key}',
  operation: 'setSetting',
  summary: 'Set a setting',
  description: 'A secret is stored sealed, and never answered again: of it only a fingerprint, when and by whom it was set.',
  etag: 'required',
  params: Path,
  body: z.strictObject({ value: z.unknown().meta({ secret: true }) }),
  responses: { 200: Setting },
  problems: ['setting_unknown', 'address_refused', 'not_configured'],
  handle: ({ scope, principal, tenant, params, body, request, services }) => {
    const definition = services.settings.registry.find(tenant.system, params.key)
    requireWriting(principal, definition)
    return services.settings.set(scope, definition, body.value, expectedVersion(request))
  },
})

const resetSetting = route({
  ...writes,
  method: 'DELETE',
  path: '/v1/settings/{key}',
  operation: 'resetSetting',
  summary: 'Let the default of a setting hold again',
  etag: 'required',
  params: Path,
  responses: { 204: null },
  problems: ['setting_unknown'],
  handle: async ({ scope, principal, tenant, params, request, services }) => {
    const definition = services.settings.registry.find(tenant.system, params.key)
    requireWriting(principal, definition)
    await services.settings.reset(scope, definition, expectedVersion(request))
    return reply(204)
  },
})

const listSettingChanges = route({
  ...reads,
  method: 'GET',
  path: '/v1/settings/{key}/history',
  operation: 'listSettingChanges',
  summary: 'List who changed a setting and when, the newest first',
  params: Path,
  query: z.strictObject(pageQuery),
  responses: { 200: pageOf(SettingChange).meta({ id: 'SettingChangePage' }) },
  problems: ['setting_unknown', 'invalid_cursor'],
  handle: async ({ scope, principal, tenant, params: { key }, query: { limit, cursor }, services }) => {
    const definition = services.settings.registry.find(tenant.system, key)
    requireReading(principal, definition)
    const position = readCursor(cursor, { key }, timePosition)
    const after = position && { at: position.values[0], id: position.id }
    const rows = await services.settings.history(scope, definition, after, limit + 1)
    return makePage(rows, limit, { key }, ({ at, id }) => ({ values: [at], id }))
  },
})

const exportSettings = route({
  ...reads,
  method: 'GET',
  path: '/v1/settings/export',
  operation: 'exportSettings',
  summary: 'Export what the tenant has set, without secrets',
  responses: { 200: z.object({ settings: SettingValues }).meta({ id: 'SettingExport' }) },
  handle: async ({ scope, principal, tenant, services }) => {
    const definitions = [...services.settings.registry.in(tenant.system).values()].filter((each) => mayRead(principal, each))
    const set = (await services.settings.describe(scope, definitions)).filter(({ isSet, secret }) => isSet && !secret)
    return { settings: Object.fromEntries(set.map(({ key, value }) => [key, value])) }
  },
})

const importSettings = route({
  ...writes,
  method: 'POST',
  path: '/v1/settings/import',
  operation: 'importSettings',
  summary: 'Set many settings at once: all of them or none',
  description: 'Takes what an export gave. Settings that are not named stay as they are; secrets are set one by one.',
  body: z.strictObject({ settings: SettingValues }),
  responses: { 200: z.object({ settings: z.int().describe('How many were set') }).meta({ id: 'SettingImport' }) },
  problems: ['address_refused'],
  handle: async ({ scope, principal, tenant, body, services }) => {
    const known = services.settings.registry.in(tenant.system)
    const unknown = Object.keys(body.settings).filter((key) => !known.has(key))
    if (unknown.length > 0) {
      throw invalidRequest(
        unknown.map((key) => ({ in: 'body', pointer: `/settings/${key.slice(0, 100)}`, message: 'There is no such setting.' })),
      )
    }
    const values = new Map(
      Object.entries(body.settings).map(([key, value]) => [services.settings.registry.find(tenant.system, key), value]),
    )
    for (const definition of values.keys()) requireWriting(principal, definition)
    await services.settings.setAll(scope, values)
    return { settings: values.size }
  },
})

const testIntegration = route({
  ...writes,
  method: 'POST',
  path: '/v1/settings/integrations/{name}/test',
  operation: 'testIntegration',
  summary: 'Call the address of an integration with its token, and say how that went',
  // A transaction would wait for somebody else's server.
  idempotency: 'own',
  params: z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9_]{0,59}$/) }),
  responses: {
    200: z
      .object({
        reached: z.boolean(),
        code: z.string().describe('`answered`, or why nothing usable came back'),
        status: z.int().nullable().describe('Of the answer'),
      })
      .meta({ id: 'IntegrationCall' }),
  },
  problems: ['setting_unknown', 'conflict'],
  handle: ({ scope, principal, tenant, params, request, services }) => {
    requireWholeReach(principal)
    return callIntegration(scope, services, { system: tenant.system, name: params.name, signal: request.signal })
  },
})

export const settingRoutes: readonly Route[] = [
  listSettings,
  exportSettings,
  readSetting,
  setSetting,
  resetSetting,
  listSettingChanges,
  importSettings,
  testIntegration,
]

function mayRead({ permissions }: TenantPrincipal, { read }: SettingDefinition): boolean {
  return read === undefined || permissions.has(read)
}

function requireReading(principal: TenantPrincipal, { read }: SettingDefinition): void {
  if (read !== undefined) requirePermission(principal, read)
}

function requireWriting(principal: TenantPrincipal, { write }: SettingDefinition): void {
  requireWholeReach(principal)
  if (write !== undefined) requirePermission(principal, write)
}

/** A setting is about the whole tenant, also about what a limited caller may not see. */
export function requireWholeReach({ reach }: TenantPrincipal): void {
  if (reach !== 'all') throw problems.forbidden('Settings are about the whole tenant.', { permission: 'reach:all' })
}
