import { afterAll, beforeAll, expect, test } from 'vitest'
import { RateBuckets } from '../access/rate-bucket.ts'
import { DirectoryCache } from '../directory/directory-cache.ts'
import { identityNode, makeMember, newPerson } from '../identity/identity.test-support.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from './tenantry.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant
let south: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
  for (const { key, host } of [north, south]) await node.call('POST', '/v1/shelf/racks', { key, host, body: { name: host } })
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

/** A cache of a query's answer in the process, as somebody writes one; what differs is the key. */
function cachedNames(keyOf: (scope: TenantScope) => string) {
  const known = new Map<string, Promise<{ name: string }[]>>()
  return (scope: TenantScope): Promise<{ name: string }[]> => {
    const key = keyOf(scope)
    const answer = known.get(key) ?? scope.run(sql<{ name: string }>`select name from shelf.racks`)
    known.set(key, answer)
    return answer
  }
}

async function everyTenantSeesItsOwn(read: (scope: TenantScope) => Promise<{ name: string }[]>): Promise<boolean> {
  const actor = { kind: 'system', id: north.tenant.id } as const
  for (const { tenant, host } of [north, south, north]) {
    const rows = await read(node.tenantry.scope({ tenantId: tenant.id, actor }))
    if (rows.length !== 1 || rows[0]?.name !== host) return false
  }
  return true
}

test('a cache keyed by tenant keeps tenants apart; the same one without the tenant fails the same test', async () => {
  expect(await everyTenantSeesItsOwn(cachedNames((scope) => `${scope.context.tenantId} names`))).toBe(true)
  expect(await everyTenantSeesItsOwn(cachedNames(() => 'names'))).toBe(false)
})

function oneTenantsHasteIsNotAnothers(keyOf: (tenantId: string, name: string) => string): boolean {
  const buckets = new RateBuckets('tenant', { perSecond: 1, burst: 1 })
  buckets.take(keyOf(north.tenant.id, 'integration'))
  try {
    buckets.take(keyOf(south.tenant.id, 'integration'))
    return true
  } catch {
    return false
  }
}

test('a rate bucket led by the tenant is its own; one named by what users chose is shared, and fails the same test', () => {
  expect(oneTenantsHasteIsNotAnothers((tenantId) => tenantId)).toBe(true)
  expect(oneTenantsHasteIsNotAnothers((_, name) => name)).toBe(false)
})

/** Roles of one person in two tenants, looked up through a cache of the directory's own kind; what differs is the key. */
async function rolesThrough(keyOf: (tenantId: string, userId: string) => string): Promise<(string | undefined)[]> {
  const person = await newPerson(node)
  await makeMember(node, north, person, 'owner')
  await makeMember(node, south, person, 'viewer')
  const { pool } = node.tenantry.directory
  const asked = new Map<string, string>()
  const cache = new DirectoryCache<{ id: string; role: string }>({
    size: 10,
    isFresh: () => true,
    idOf: ({ id }) => id,
    load: async (key) => {
      const text = 'select id, role from tenantry.members where tenant_id = $1::uuid and user_id = $2::uuid'
      return (await pool.query(text, [asked.get(key), person.id])).rows[0]
    },
  })
  const roleIn = async (tenantId: string) => {
    const key = keyOf(tenantId, person.id)
    asked.set(key, tenantId)
    return (await cache.get(key))?.role
  }
  return [await roleIn(north.tenant.id), await roleIn(south.tenant.id)]
}

test('a role kept by tenant and person is that of the tenant; one kept by person alone makes a viewer an owner elsewhere', async () => {
  expect(await rolesThrough((tenantId, userId) => `${tenantId} ${userId}`)).toEqual(['owner', 'viewer'])
  expect(await rolesThrough((_, userId) => userId)).toEqual(['owner', 'owner'])
})

test('the directory keeps one person apart by tenant, whichever is asked for first', async () => {
  const person = await newPerson(node)
  await makeMember(node, north, person, 'owner')
  await makeMember(node, south, person, 'viewer')
  const { directory } = node.tenantry
  for (const { tenant } of [north, south, north]) {
    const member = await directory.member(tenant.id, person.id)
    expect([member?.tenantId, member?.role]).toEqual([tenant.id, tenant === north.tenant ? 'owner' : 'viewer'])
  }
})
