import { createTenantry, defineSystem, StartRefused, type SystemDefinition, sql, type Tenantry } from 'tenantry'
import { fewConnections, type TestDatabase, testDatabase } from 'tenantry/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Somebody's application with a table that is the same for all tenants, and a number that is unique across them. */
function parcels(vouching: Partial<SystemDefinition>): SystemDefinition {
  return defineSystem({
    name: 'parcels',
    title: 'Parcels',
    migrations: new URL('./parcels/', import.meta.url),
    permissions: {},
    roles: {},
    tiers: { only: { features: [], limits: {} } },
    ...vouching,
  })
}

const vouched: Partial<SystemDefinition> = {
  reviewed: [{ relation: 'parcels.countries', app: ['select'], why: 'Countries and their names, the same for everybody.' }],
  globalUniques: ['parcels.parcels.tracking'],
}

let database: TestDatabase
beforeAll(async () => {
  const { name, migrations } = parcels({})
  database = await testDatabase({ systems: [{ name, directory: migrations }] })
})
afterAll(() => database.drop())

async function withApplication<T>(vouching: Partial<SystemDefinition>, work: (tenantry: Tenantry) => Promise<T>): Promise<T> {
  const { appUrl: databaseUrl, directoryUrl, adminUrl } = database
  const systems = [parcels(vouching)]
  const tenantry = await createTenantry({
    databaseUrl,
    directoryUrl,
    adminUrl,
    systems,
    configuration: { ...fewConnections, logLevel: 'silent' },
  })
  try {
    return await work(tenantry)
  } finally {
    await tenantry.close()
  }
}

test('[CRM-11] a table that belongs to no tenant is read by all of them, once its system says so and why', async () => {
  await withApplication(vouched, async (tenantry) => {
    expect((await tenantry.doctor()).findings.filter(({ weight }) => weight !== 'outside')).toEqual([])
    const tenantId = '018f0000-0000-7000-8000-00000000000a'
    const scope = tenantry.scope({ tenantId, actor: { kind: 'system', id: tenantId } })
    expect(await scope.run(sql`select code from parcels.countries order by code`)).toEqual([{ code: 'DE' }, { code: 'DK' }])
    await expect(scope.run(sql`delete from parcels.countries`)).rejects.toThrow()
  })
})

test.each<[string, Partial<SystemDefinition>, RegExp]>([
  ['nothing of the table', { globalUniques: vouched.globalUniques ?? [] }, /parcels\.countries/],
  [
    'that it is not read',
    { ...vouched, reviewed: [{ relation: 'parcels.countries', why: 'Never read.' }] },
    /parcels\.countries/,
  ],
  ['nothing of the number', { reviewed: vouched.reviewed ?? [] }, /parcels_tracking|tracking/],
  [
    'something of a table that is not its own',
    { reviewed: [{ relation: 'tenantry.tombstones', why: 'Mine.' }] },
    /not in its schema/,
  ],
])('an installation whose system says %s does not start', async (_what, vouching, reason) => {
  const refused = await withApplication(vouching, async () => undefined).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(StartRefused)
  expect((refused as StartRefused).message).toMatch(reason)
})
