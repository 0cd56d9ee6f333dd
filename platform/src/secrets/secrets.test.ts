import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDirectoryPool } from '../database/connect.ts'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { eraseTenant } from '../tenants/erase-tenant.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { makeMasterKey, secretBoxOf } from './master-keys.ts'
import { rotateTenants } from './rotate-tenants.ts'
import { SecretUnreadable } from './secret-box.ts'
import { createSecretService, type SecretService } from './secrets.ts'

const first = makeMasterKey(1)
const second = makeMasterKey(2)
const withKeys = (...keys: string[]) => createSecretService({ secrets: secretBoxOf(keys) })
const service = withKeys(first)
const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000c' } as const
const place = { table: 'bms.connectors', column: 'secret', row: '0195c0de-0000-7000-8000-000000000001' }

let database: TestDatabase
let isolation: Isolation

beforeAll(async () => {
  database = await testDatabase()
  isolation = createIsolation({ url: database.appUrl })
})
afterAll(async () => {
  await isolation?.close()
  await database?.drop()
})

const newTenant = (): TenantScope => isolation.scope({ tenantId: randomUUID(), actor })
const open = async (scope: TenantScope, sealed: Buffer, by: SecretService = service, at = place) =>
  (await by.openForTenant(scope, at, sealed)).toString()

test('a secret opens in its tenant and place, and nowhere else', async () => {
  const [mine, yours] = [newTenant(), newTenant()]
  const { sealed } = await service.sealForTenant(mine, place, 'open sesame')
  await service.sealForTenant(yours, place, 'something else')
  expect(await open(mine, sealed)).toBe('open sesame')
  expect(sealed.includes('sesame')).toBe(false)
  await expect(open(yours, sealed)).rejects.toThrow(SecretUnreadable)
  for (const other of [{ row: randomUUID() }, { column: 'address' }, { table: 'bms.buildings' }]) {
    await expect(open(mine, sealed, service, { ...place, ...other })).rejects.toThrow(SecretUnreadable)
  }
})

test('a changed or shortened secret is refused, whatever byte it is', async () => {
  const scope = newTenant()
  const { sealed } = await service.sealForTenant(scope, place, 'x')
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    await expect(open(scope, changed)).rejects.toThrow(SecretUnreadable)
    await expect(open(scope, sealed.subarray(0, at))).rejects.toThrow(SecretUnreadable)
  }
})

test("many who seal a tenant's first secret at once make one key", async () => {
  const scope = newTenant()
  const all = await Promise.all(Array.from({ length: 8 }, (_, n) => service.sealForTenant(scope, place, `secret ${n}`)))
  expect(await Promise.all(all.map(({ sealed }) => open(scope, sealed)))).toEqual(all.map((_, n) => `secret ${n}`))
  expect(await scope.run(sql`select id from tenantry.data_keys`)).toHaveLength(1)
})

test('a key that was rolled back with its transaction sealed nothing that is left', async () => {
  const scope = newTenant()
  const undone = scope.transaction(async (transaction) => {
    await service.sealForTenant(transaction, place, 'never stored')
    throw new Error('changed my mind')
  })
  await expect(undone).rejects.toThrow('changed my mind')
  expect(await scope.run(sql`select id from tenantry.data_keys`)).toEqual([])
  expect(await open(scope, (await service.sealForTenant(scope, place, 'stored')).sealed)).toBe('stored')
})

test('the fingerprint tells two secrets apart, and is another one in another tenant', async () => {
  const [mine, yours] = [newTenant(), newTenant()]
  const print = async (scope: TenantScope, secret: string) => (await service.sealForTenant(scope, place, secret)).fingerprint
  expect(await print(mine, 'one')).toBe(await print(mine, 'one'))
  expect(await print(mine, 'one')).not.toBe(await print(mine, 'two'))
  expect(await print(mine, 'one')).not.toBe(await print(yours, 'one'))
})

test('after the key is shredded nothing opens, even where the sealed text and a new key are at hand', async () => {
  const scope = newTenant()
  const { sealed } = await service.sealForTenant(scope, place, 'gone')
  await service.shred(scope)
  await expect(open(scope, sealed)).rejects.toThrow(SecretUnreadable)
  await service.sealForTenant(scope, place, 'new')
  await expect(open(scope, sealed)).rejects.toThrow(SecretUnreadable)
})

test('an erased tenant takes its key along: a sealed text that was kept aside opens no more', async () => {
  const { context } = newTenant()
  const scope = isolation.scope({ tenantId: context.tenantId, actor })
  await scope.run(sql`insert into tenantry.tenants (id, slug, name, system, tier, status)
    values (${context.tenantId}::uuid, 'erased-one', 'Erased', 'test', 'base', 'active')`)
  const { sealed } = await service.sealForTenant(scope, place, 'of the erased')
  const owner = new pg.Client({ connectionString: database.adminUrl })
  await owner.connect()
  const { counts } = await eraseTenant(owner, context.tenantId, { force: true })
  await owner.end()
  expect(counts['tenantry.data_keys']).toBe(1)
  await expect(open(scope, sealed)).rejects.toThrow(SecretUnreadable)
})

test('rotation seals the key anew, after which the old master key is not needed any more', async () => {
  const scope = newTenant()
  const { sealed } = await service.sealForTenant(scope, place, 'kept')
  const both = withKeys(second, first)
  expect(await open(scope, sealed, both)).toBe('kept')
  expect(await both.rewrap(scope)).toBe(true)
  expect(await both.rewrap(scope)).toBe(false)
  expect(await open(scope, sealed, withKeys(second))).toBe('kept')
  await expect(open(scope, sealed, service)).rejects.toThrow('not configured')
  expect(await both.rewrap(newTenant())).toBe(false)
})

test('all tenants are rotated, each in its own scope, and a second time there is nothing to do', async () => {
  const scopes = Array.from({ length: 3 }, newTenant)
  for (const { context } of scopes) {
    const slug = `t${context.tenantId.slice(0, 8)}`
    await isolation
      .scope({ tenantId: context.tenantId, actor })
      .run(sql`insert into tenantry.tenants (id, slug, name, system, tier, status)
      values (${context.tenantId}::uuid, ${slug}, ${slug}, 'test', 'base', 'active')`)
  }
  const [one, two] = scopes as [TenantScope, TenantScope]
  const sealed = [await service.sealForTenant(one, place, 'of one'), await service.sealForTenant(two, place, 'of two')]
  const both = withKeys(second, first)
  const pool = createDirectoryPool(database.directoryUrl)
  const rotate = () => rotateTenants(pool, both, (tenantId) => isolation.scope({ tenantId, actor }))
  expect(await rotate()).toEqual({ tenants: 3, sealedAnew: 2, mails: 0 })
  expect(await rotate()).toEqual({ tenants: 3, sealedAnew: 0, mails: 0 })
  await pool.end()
  expect(await open(one, sealed[0]?.sealed as Buffer, withKeys(second))).toBe('of one')
  expect(await open(two, sealed[1]?.sealed as Buffer, withKeys(second))).toBe('of two')
})

test("the key's wrapping is in no audit entry, and opens in no other tenant's row", async () => {
  const [mine, yours] = [newTenant(), newTenant()]
  const secret = await service.sealForTenant(mine, place, 'x')
  const { sealed } = (await mine.first(sql<{ sealed: Buffer }>`select sealed from tenantry.data_keys`)) ?? {}
  const audit = await mine.run(sql`select * from tenantry.audit_entries where object_type = 'tenantry.data_keys'`)
  expect(audit).toHaveLength(1)
  expect(JSON.stringify(audit)).not.toContain(sealed?.toString('hex'))
  await yours.run(sql`insert into tenantry.data_keys (sealed, master_version) values (${sealed}::bytea, 1)`)
  await expect(open(yours, secret.sealed)).rejects.toThrow(SecretUnreadable)
})

test('without a master key nothing is sealed, and it is said what is missing', async () => {
  await expect(withKeys().sealForTenant(newTenant(), place, 'x')).rejects.toMatchObject({ code: 'not_configured' })
})
