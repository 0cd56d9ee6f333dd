import { createTenantry, makeMasterKey } from 'tenantry'
import { type TestDatabase, testDatabase } from 'tenantry/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bms } from '../../systems/bms/src/system.ts'
import { tenantry } from './processes.ts'

const old = makeMasterKey(1)
const next = makeMasterKey(2)
const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000e' } as const
const place = { table: 'bms.connectors', column: 'secret', row: '018f0000-0000-7000-8000-000000000001' }

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
}, 120_000)
afterAll(() => database?.drop())

async function withKeys<T>(
  masterKeys: readonly string[],
  work: (open: Awaited<ReturnType<typeof createTenantry>>) => Promise<T>,
) {
  const { appUrl: databaseUrl, directoryUrl } = database
  const configuration = { logLevel: 'silent', masterKeys } as const
  const open = await createTenantry({ databaseUrl, directoryUrl, systems: [bms], configuration })
  try {
    return await work(open)
  } finally {
    await open.close()
  }
}

const rotate = (keys: string) =>
  tenantry(['rotate-secrets', '--json'], { environment: { DATABASE_URL: database.appUrl, TENANTRY_MASTER_KEYS: keys } })

test("[BMS-11] a new master key takes the old one's place, and secrets of tenants stay readable", async () => {
  const { tenantId, sealed } = await withKeys([old], async ({ services, scope }) => {
    const { id } = await services.tenants.provision({ slug: 'northwind', name: 'Northwind', system: 'bms' }, { actor })
    await services.tenants.provision({ slug: 'harbour', name: 'Harbour', system: 'bms' }, { actor })
    return { tenantId: id, ...(await services.secrets.sealForTenant(scope({ tenantId: id, actor }), place, 'kept')) }
  })
  expect(await rotate(`${next},${old}`)).toMatchObject({ code: 0, json: { tenants: 2, sealedAnew: 1 } })
  expect(await rotate(`${next},${old}`)).toMatchObject({ code: 0, json: { tenants: 2, sealedAnew: 0 } })
  const read = (keys: readonly string[]) =>
    withKeys(keys, async ({ services, scope }) => {
      const secret = await services.secrets.openForTenant(scope({ tenantId, actor }), place, sealed)
      return secret.toString()
    })
  expect(await read([next])).toBe('kept')
  await expect(read([old])).rejects.toThrow('not configured')
}, 120_000)

test('without a master key it says what is missing', async () => {
  const { code, stderr } = await rotate('')
  expect(code).not.toBe(0)
  expect(stderr).toContain('TENANTRY_MASTER_KEYS is not set')
})
