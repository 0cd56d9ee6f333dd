import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { identityNode, makeMember, newPerson, signIn } from '../identity/identity.test-support.ts'
import { sql } from '../isolation/statement.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { until } from '../webhooks/webhooks.test-support.ts'
import { networkOf } from './key-networks.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})
beforeEach(async () => {
  north = await tenantWithKey(node)
})

const actor = { kind: 'system', id: randomUUID() } as const

async function suspicions({ tenant } = north): Promise<readonly { readonly kind: string }[]> {
  const scope = node.tenantry.scope({ tenantId: tenant.id, actor })
  const rows = await scope.run(
    sql<{ data: { kind: string } }>`select data from tenantry.events where type = 'security.suspicious' order by id`,
  )
  return rows.map(({ data }) => data)
}

async function setting(key: string, value: number): Promise<void> {
  const body = { value }
  const headers = { 'if-match': '"v0"' }
  const set = await node.call('PUT', `/v1/settings/${key}`, { host: 'api.localhost', key: north.key, body, headers })
  expect(set.status, set.text).toBe(200)
}

const from = (address: string, host = 'api.localhost', path = '/v1/tenants/current') =>
  node.call('GET', path, { host, key: north.key, headers: { 'x-forwarded-for': address } })

test('[SEC-8] [FIN-7] a burst of failed sign-ins of members is told once, and each of them is in the audit', async () => {
  await setting('security.failed_sign_ins', 4)
  const person = await newPerson(node)
  await makeMember(node, north, person)
  for (let n = 0; n < 6; n++)
    expect((await signIn(node, north.host, { email: person.email, password: 'not the password' })).status).toBe(401)
  await until(async () => (await suspicions()).length > 0)
  const failed = async () =>
    (await node.call('GET', '/v1/audit?action=platform.member.sign_in_failed', { host: 'api.localhost', key: north.key })).body
      .items
  await until(async () => (await failed()).length === 6)
  expect(await suspicions()).toMatchObject([{ kind: 'failed_sign_ins' }])
})

test('[SEC-8] a key that is used from a network that it was never used from is told; its first one and its neighbours are not', async () => {
  const written = async (most: number) => {
    const scope = node.tenantry.scope({ tenantId: north.tenant.id, actor })
    await until(async () => (await scope.run(sql`select network from tenantry.key_networks`)).length === most)
  }
  await from('192.0.2.7')
  await from('192.0.2.8')
  await written(1)
  expect(await suspicions()).toEqual([])
  await from('198.51.100.9')
  await from('198.51.100.9')
  await written(2)
  expect(await suspicions()).toEqual([{ kind: 'new_network', network: '198.51.100.0/24' }])
})

test('[SEC-8] credentials that are tried on another tenant are told to the tenant that they are of, and to no other', async () => {
  const south = await tenantWithKey(node)
  for (let n = 0; n < 5; n++) expect((await from('192.0.2.7', south.host)).status).toBe(404)
  await until(async () => (await suspicions()).length > 0)
  expect(await suspicions()).toMatchObject([{ kind: 'refused_tenants', count: expect.any(Number) }])
  expect(await suspicions(south)).toEqual([])
})

test('[SEC-8] a spike of exports by one key is told', async () => {
  await setting('security.exports', 3)
  const export_ = () => node.call('GET', '/v1/audit', { host: 'api.localhost', key: north.key, headers: { accept: 'text/csv' } })
  await export_()
  await export_()
  expect((await from('192.0.2.7')).status).toBe(200)
  expect(await suspicions()).toEqual([])
  await export_()
  await until(async () => (await suspicions()).length > 0)
  expect(await suspicions()).toEqual([{ kind: 'exports', count: 3 }])
})

test('a network is as large as they are given out, however an address is written', () => {
  expect(networkOf('192.0.2.7')).toBe('192.0.2.0/24')
  expect(networkOf('::ffff:192.0.2.7')).toBe('192.0.2.0/24')
  expect(networkOf('2001:db8:1:2::7')).toBe('2001:db8:1::/48')
  expect(networkOf('nonsense')).toBeUndefined()
})
