import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startNode, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import { defineSystem } from '../system.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'

const counted: string[] = []
const store = defineSystem({
  name: 'store',
  title: 'Stores',
  migrations: new URL('../server/test-system/none/', import.meta.url),
  permissions: {},
  roles: {},
  tiers: { only: { features: [], limits: { keys: null } } },
  stats: async ({ context }) => {
    counted.push(context.tenantId)
    return { counts: counted.filter((tenantId) => tenantId === context.tenantId).length }
  },
})

let database: TestDatabase
let node: TestNode
let superuser: pg.Client

beforeAll(async () => {
  database = await testDatabase({ systems: [{ name: store.name, directory: store.migrations }] })
  node = await startNode(database, {}, [store])
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
})
afterAll(async () => {
  await node?.tenantry.close()
  await superuser?.end()
  await database?.drop()
})

const statsOf = async ({ host, key }: TestTenant) => (await node.call('GET', '/v1/tenants/current/stats', { host, key })).body

test('[CRM-4] what a system counts of a tenant is counted once in ten seconds, for each tenant by itself', async () => {
  const [north, south] = [await tenantWithKey(node, { system: 'store' }), await tenantWithKey(node, { system: 'store' })]
  for (let asked = 0; asked < 5; asked++) expect((await statsOf(north)).system).toEqual({ counts: 1 })
  expect((await statsOf(south)).system).toEqual({ counts: 1 })
  await superuser.query(`update tenantry.clock_offset set "offset" = '11 seconds'`)
  await expect.poll(async () => (await statsOf(north)).system, { timeout: 30_000 }).toEqual({ counts: 2 })
  await superuser.query(`update tenantry.clock_offset set "offset" = '0'`)
})

test('people and keys are told as they are, and operators have numbers counted anew when they ask for them', async () => {
  const north = await tenantWithKey(node, { system: 'store' })
  expect(await statsOf(north)).toMatchObject({ keys: 1, system: { counts: 1 } })
  const body = { name: 'one more', permissions: ['tenant:read'] }
  await node.call('POST', '/v1/keys', { host: north.host, key: north.key, body })
  expect(await statsOf(north)).toMatchObject({ keys: 2, system: { counts: 1 } })
  await node.tenantry.services.tenantStats.recount(north.tenant.id)
  expect(counted.filter((tenantId) => tenantId === north.tenant.id)).toHaveLength(2)
})
