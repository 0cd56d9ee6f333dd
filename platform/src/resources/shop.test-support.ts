import pg from 'pg'
import { v7 as uuid7 } from 'uuid'
import { z } from 'zod'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { defineSystem } from '../system.ts'
import { insertTenant } from '../tenants/tenant-queries.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { resource } from './resource.ts'

const shopMigrations = new URL('./test-shop/', import.meta.url)

export const customers = resource({
  system: 'shop',
  singular: 'customer',
  plural: 'customers',
  table: 'shop.customers',
  fields: {
    name: z.string().min(1).max(100),
    city: z.string().max(100).optional(),
    rating: z.number().optional(),
    active: z.boolean().default(true),
  },
  filters: { active: 'equals', rating: 'range' },
  sorts: ['name'],
  search: true,
  grantedBy: 'id',
  counts: 'customers',
})

export const orders = resource({
  system: 'shop',
  singular: 'order',
  plural: 'orders',
  table: 'shop.orders',
  fields: { customerId: z.uuid(), amount: z.int().min(0), note: z.string().max(200).optional() },
  immutable: ['customerId'],
  filters: { customerId: 'equals', amount: 'range' },
  sorts: ['amount'],
  references: { customerId: 'shop.customers' },
  grantedBy: 'customerId',
  logged: true,
})

/** The application: two resources and not one route of its own. */
export const shop = defineSystem({
  name: 'shop',
  title: 'Shop',
  migrations: shopMigrations,
  permissions: {
    'shop.customers:read': 'See customers',
    'shop.customers:write': 'Change customers',
    'shop.orders:read': 'See orders',
    'shop.orders:write': 'Change orders',
  },
  roles: {},
  tiers: { only: { features: [], limits: { customers: 2 } } },
  resources: [customers, orders],
})

export interface Shop {
  readonly database: TestDatabase
  readonly isolation: Isolation
  /** A new tenant with room for so many customers. */
  readonly tenant: (most?: number) => Promise<TenantScope>
  /** The same tenant for somebody who is limited to these objects. */
  readonly limited: (scope: TenantScope, objectIds: readonly string[]) => Promise<TenantScope>
  readonly close: () => Promise<void>
}

/** `tables` instead of the shop's own, for what has others. */
export async function openShop(tables?: string): Promise<Shop> {
  const database = await testDatabase(tables === undefined ? { systems: [{ name: shop.name, directory: shop.migrations }] } : {})
  if (tables !== undefined) await runAsOwner(database, tables)
  const isolation = createIsolation({ url: database.appUrl })
  return {
    database,
    isolation,
    tenant: (most = 1_000_000) => newTenant(isolation, 'shop', { customers: most }),
    limited: async (scope, objectIds) => {
      const actor = { kind: 'member', id: uuid7() } as const
      for (const objectId of objectIds) {
        await scope.run(sql`insert into tenantry.grants (actor_id, object_id) values (${actor.id}, ${objectId})`)
      }
      return isolation.scope({ tenantId: scope.context.tenantId, actor, reach: 'granted' })
    },
    close: async () => {
      await isolation.close()
      await database.drop()
    },
  }
}

export async function runAsOwner(database: TestDatabase, text: string): Promise<void> {
  const owner = new pg.Client({ connectionString: database.adminUrl })
  await owner.connect()
  await owner.query(text)
  await owner.end()
}

export async function newTenant(
  isolation: Isolation,
  system: string,
  limits: Record<string, number | null>,
): Promise<TenantScope> {
  const tenantId = uuid7()
  const scope = isolation.scope({ tenantId, actor: { kind: 'system', id: uuid7() } })
  const slug = `t${tenantId.replaceAll('-', '')}`
  const made = insertTenant(tenantId, { slug, name: slug, system, tier: 'base', planVersion: 1 })
  const ofItsOwn = sql`insert into tenantry.limits (name, max)
    select * from unnest(${Object.keys(limits)}::text[], ${Object.values(limits)}::bigint[])`
  await scope.batch([made, ofItsOwn])
  return scope
}
