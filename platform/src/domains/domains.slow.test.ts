import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import {
  type Answer,
  databaseWithSystems,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import type { Domain } from './domain.ts'
import { type NameServer, nameServer } from './name-server.test-support.ts'

let database: TestDatabase
let dns: NameServer
let node: TestNode
let superuser: pg.Client
let north: TestTenant
let south: TestTenant
let host: string
let n = 0
const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } as const

beforeAll(async () => {
  database = await databaseWithSystems()
  dns = await nameServer()
  node = await startNode(database, { dnsServers: [dns.address], domainTargets: ['edge.tenantry.app'] })
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
})
afterAll(async () => {
  await node?.tenantry.close()
  await superuser?.end()
  await database?.drop()
  dns?.close()
})
beforeEach(async () => {
  north = await paying()
  south = await paying()
  host = `cloud${n++}.client.co.uk`
  dns.records.clear()
  dns.fail(false)
  dns.records.set('edge.tenantry.app A', ['192.0.2.7'])
})

/** A tenant whose plan has the feature. */
async function paying(): Promise<TestTenant> {
  const made = await tenantWithKey(node)
  await node.tenantry
    .scope({ tenantId: made.tenant.id, actor })
    .run(sql`update tenantry.tenants set features = '{custom_domain}'`)
  await node.tenantry.directory.catchUp()
  return made
}

const ask = (method: string, path: string, { key } = north, body?: unknown): Promise<Answer> =>
  node.call(method, path, { host: 'api.localhost', key, body })

async function claim(tenant = north): Promise<Domain> {
  const made = await ask('POST', '/v1/domains', tenant, { host })
  expect(made.status, made.text).toBe(201)
  return made.body
}

/** Puts into DNS what the claim says. */
function publish({ records }: Domain): void {
  for (const { name, type, value } of records) dns.records.set(`${name} ${type}`, [value])
}

const check = async ({ id }: Domain, tenant = north): Promise<Domain> =>
  (await ask('POST', `/v1/domains/${id}/check`, tenant)).body

/** Whose record a visitor of the host sees with a key of the tenant's. */
const visit = (tenant = north) => node.call('GET', '/v1/tenants/current', { host, key: tenant.key })

async function served(tenant = north): Promise<Domain> {
  const domain = await claim(tenant)
  publish(domain)
  expect(await check(domain, tenant)).toMatchObject({ state: 'served', finding: null })
  return domain
}

test('[BMS-7] a claimed domain names its records, and serves the tenant as soon as DNS has them', async () => {
  const domain = await claim()
  expect(domain).toMatchObject({
    host,
    state: 'waiting',
    primary: false,
    records: [
      { type: 'TXT', name: `_domain-proof.${host}` },
      { type: 'CNAME', name: host, value: 'edge.tenantry.app' },
    ],
  })
  expect(await check(domain)).toMatchObject({ state: 'waiting', finding: 'proof_missing' })
  expect((await visit()).status).toBe(404)
  publish(domain)
  dns.records.set(`${host} CNAME`, ['elsewhere.example.com'])
  expect(await check(domain)).toMatchObject({ state: 'waiting', finding: 'points_elsewhere' })
  publish(domain)
  expect(await check(domain)).toMatchObject({ state: 'served', finding: null, checkedAt: expect.any(String) })
  expect((await visit()).body).toMatchObject({ id: north.tenant.id })
  expect((await node.call('GET', '/v1/tenants/current', { host: north.host, key: north.key })).status).toBe(200)
})

test('[BMS-7] the apex of a domain, which may have no CNAME, leads here by one of our addresses', async () => {
  const domain = await claim()
  publish(domain)
  dns.records.delete(`${host} CNAME`)
  dns.records.set(`${host} A`, ['192.0.2.8'])
  expect(await check(domain)).toMatchObject({ finding: 'points_elsewhere' })
  dns.records.set(`${host} A`, ['192.0.2.7'])
  expect(await check(domain)).toMatchObject({ state: 'served' })
})

test('[BMS-7] a domain is looked at by itself, without anybody asking', async () => {
  const domain = await claim()
  publish(domain)
  const scope = node.tenantry.scope({ tenantId: north.tenant.id, actor })
  await scope.run(sql`select tenantry.schedule('domains.check', ${domain.id}::uuid, tenantry.clock())`, { lane: 'write' })
  await expect.poll(async () => (await ask('GET', `/v1/domains/${domain.id}`)).body.state, { timeout: 30_000 }).toBe('served')
})

test('[BMS-7] a domain whose DNS leads elsewhere is served no more; one failing look, or a failing name server, is no reason', async () => {
  const domain = await served()
  dns.fail(true)
  for (let look = 0; look < 5; look++) expect(await check(domain)).toMatchObject({ state: 'served', finding: 'dns_failed' })
  dns.fail(false)
  dns.records.set(`${host} CNAME`, ['elsewhere.example.com'])
  expect(await check(domain)).toMatchObject({ state: 'served', finding: 'points_elsewhere' })
  publish(domain)
  expect(await check(domain)).toMatchObject({ state: 'served', finding: null })
  dns.records.delete(`_domain-proof.${host} TXT`)
  for (let look = 0; look < 2; look++) expect((await check(domain)).state).toBe('served')
  expect(await check(domain)).toMatchObject({ state: 'lost', finding: 'proof_missing' })
  expect((await visit()).status).toBe(404)
  publish(domain)
  expect(await check(domain)).toMatchObject({ state: 'served' })
  expect((await visit()).status).toBe(200)
})

test("[BMS-7] of two tenants that claim one domain, the one whose proof is in DNS is served, and the other's claim takes nothing", async () => {
  const [ours, theirs] = [await claim(north), await claim(south)]
  publish(theirs)
  expect(await check(ours, north)).toMatchObject({ state: 'waiting', finding: 'proof_missing' })
  expect(await check(theirs, south)).toMatchObject({ state: 'served' })
  // Both proofs at once: who is served stays.
  const [mine] = ours.records
  const [proof] = theirs.records
  dns.records.set(`_domain-proof.${host} TXT`, [proof?.value ?? '', mine?.value ?? ''])
  expect(await check(ours, north)).toMatchObject({ state: 'waiting', finding: 'served_elsewhere' })
  expect((await visit(south)).status).toBe(200)
  expect((await visit(north)).status).toBe(404)
})

test('[BMS-7] a released domain is served no more at once, rests a week for others, and its tenant may have it back', async () => {
  const domain = await served(north)
  expect((await ask('DELETE', `/v1/domains/${domain.id}`)).status).toBe(204)
  expect((await visit()).status).toBe(404)
  const theirs = await claim(south)
  publish(theirs)
  expect(await check(theirs, south)).toMatchObject({ state: 'waiting', finding: 'resting' })
  await superuser.query(`update tenantry.clock_offset set "offset" = '8 days'`)
  try {
    expect(await check(theirs, south)).toMatchObject({ state: 'served' })
  } finally {
    await superuser.query(`update tenantry.clock_offset set "offset" = '0'`)
  }
})

test('[BMS-7] one of several domains is primary, and only one that is served', async () => {
  const first = await served()
  host = `cloud${n++}.client.co.uk`
  const second = await served()
  host = `cloud${n++}.client.co.uk`
  const waiting = await claim()
  const primary = ({ id }: Domain, is: boolean) => ask('PUT', `/v1/domains/${id}/primary`, north, { primary: is })
  expect((await primary(waiting, true)).body).toMatchObject({ code: 'conflict' })
  expect((await primary(first, true)).body.primary).toBe(true)
  expect((await primary(second, true)).body.primary).toBe(true)
  const primaries = async () =>
    (await ask('GET', '/v1/domains')).body.items.filter((domain: Domain) => domain.primary).map(({ id }: Domain) => id)
  expect(await primaries()).toEqual([second.id])
  await primary(second, false)
  expect(await primaries()).toEqual([])
})

test('[BMS-7] a domain is claimed once by a tenant, and only where its plan has custom domains', async () => {
  const domain = await claim()
  expect((await ask('POST', '/v1/domains', north, { host: host.toUpperCase() })).body).toMatchObject({
    code: 'conflict',
    domainId: domain.id,
  })
  const frugal = await tenantWithKey(node)
  expect((await ask('POST', '/v1/domains', frugal, { host })).body).toMatchObject({
    code: 'feature_not_in_plan',
    feature: 'custom_domain',
  })
  expect((await ask('GET', '/v1/domains', frugal)).body.items).toEqual([])
  expect((await ask('POST', '/v1/domains', north, { host: '127.0.0.1' })).body).toMatchObject({ code: 'domain_refused' })
})
