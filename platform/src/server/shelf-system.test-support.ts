import { z } from 'zod'
import { reply, route } from '../http/route.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { integration } from '../settings/integration.ts'
import { defineSystem } from '../system.ts'

const Rack = z.object({ id: z.string(), name: z.string() })

const readRack = route({
  method: 'GET',
  path: '/v1/shelf/racks/{id}',
  operation: 'readRack',
  summary: 'Read a rack',
  permission: 'shelf.racks:read',
  logged: 'rack.read',
  params: z.strictObject({ id: z.uuid() }),
  responses: { 200: Rack },
  handle: async ({ scope, params }) => {
    const rack = await scope.first(sql<z.output<typeof Rack>>`select id, name from shelf.racks where id = ${params.id}`)
    if (rack === undefined) throw problems.not_found('There is nothing here.')
    return rack
  },
})

const listRacks = route({
  method: 'GET',
  path: '/v1/shelf/racks',
  operation: 'listRacks',
  summary: 'List racks',
  permission: 'shelf.racks:read',
  responses: { 200: z.object({ items: z.array(Rack) }) },
  // Forgets the tenant, as handlers do.
  handle: async ({ scope }) => ({
    items: await scope.run(sql<z.output<typeof Rack>>`select id, name from shelf.racks order by id`),
  }),
})

const createRack = route({
  method: 'POST',
  path: '/v1/shelf/racks',
  operation: 'createRack',
  summary: 'Make a rack',
  permission: 'shelf.racks:write',
  body: z.strictObject({ name: z.string().min(1).max(100) }),
  responses: { 201: Rack },
  handle: async ({ scope, body }) =>
    (await scope.run(sql`insert into shelf.racks (name) values (${body.name}) returning id, name`))[0],
})

const scanRacks = route({
  method: 'POST',
  path: '/v1/shelf/scans',
  operation: 'scanRacks',
  summary: 'Scan the racks',
  permission: 'shelf.racks:write',
  feature: 'scanning',
  quota: { meter: 'scans' },
  responses: { 204: null },
  handle: () => undefined,
})

const reorder = route({
  method: 'POST',
  path: '/v1/shelf/reorder',
  operation: 'reorderRacks',
  summary: 'Reorder the racks',
  permission: 'shelf.racks:administer',
  responses: { 204: null },
  handle: () => undefined,
})

/** A row every five milliseconds, for a minute and more. */
async function* slowLines(scope: TenantScope): AsyncGenerator<string> {
  const slowly = sql<{ line: string }>`select n::text as line from generate_series(1, 20000) n, pg_sleep(0.005 + n * 0)`
  for await (const { line } of scope.stream(slowly, { batchSize: 10 })) yield `${line}\n`
}

const watchRacks = route({
  method: 'GET',
  path: '/v1/shelf/watch',
  operation: 'watchRacks',
  summary: 'Watch the racks',
  permission: 'shelf.racks:read',
  responses: { 200: 'text/csv' },
  handle: ({ scope }) => slowLines(scope),
})

/** Says by its schema what it answers in one piece, and streams all the same. */
const exportRacks = route({
  method: 'GET',
  path: '/v1/shelf/export',
  operation: 'exportRacks',
  summary: 'Export the racks',
  permission: 'shelf.racks:read',
  responses: { 200: z.object({ items: z.array(Rack) }) },
  handle: ({ scope }) => reply(200, slowLines(scope), { contentType: 'text/csv' }),
})

const scans = { max: 2, kind: 'metered', period: 'month' } as const

/** A whole small system, for tests that need a real one. */
export const shelf = defineSystem({
  name: 'shelf',
  title: 'Shelves',
  audiences: ['reports'],
  settings: Object.values(integration('warehouse', 'Warehouse')),
  migrations: new URL('./test-system/', import.meta.url),
  permissions: {
    'shelf.racks:read': 'See racks',
    'shelf.racks:write': 'Change racks',
    'shelf.racks:administer': 'Reorder racks',
  },
  roles: {},
  tiers: {
    small: { features: [], limits: { racks: 3, scans }, values: { support: 'mail' } },
    large: { features: ['scanning'], limits: { racks: null, scans }, values: { support: 'telephone' } },
  },
  addOns: {
    scanner: { title: 'Scanner', features: ['scanning'], prices: { currency: 'GBP', monthly: 1_000, once: 5_000 } },
    more_racks: { title: 'More racks', limits: { racks: 2 }, prices: { currency: 'GBP', monthly: 500 } },
  },
  signup: 'open',
  onboarding: [
    {
      name: 'first_rack',
      title: 'Make a rack',
      done: async (scope) => (await scope.first(sql`select from shelf.racks`)) !== undefined,
    },
  ],
  stats: async (scope) => ({
    racks: (await scope.first(sql<{ racks: number }>`select count(*)::int as racks from shelf.racks`))?.racks ?? 0,
  }),
  routes: [readRack, listRacks, createRack, scanRacks, reorder, watchRacks, exportRacks],
})

/** Another business with a path of its own, to whose tenants the first one's routes do not exist. */
export const depot = defineSystem({
  name: 'depot',
  title: 'Depots',
  migrations: new URL('./test-system/none/', import.meta.url),
  permissions: { 'depot.bays:read': 'See bays' },
  roles: {},
  tiers: {
    only: { features: [], limits: {} },
    paced: { features: [], limits: { api_calls_per_minute: { max: 20, kind: 'rate', period: 'minute' } } },
  },
})
