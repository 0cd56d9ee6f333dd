import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestDatabase } from '../testing/test-database.ts'
import { databaseWithSystems, startNode, type TestNode, type TestTenant, tenantWithKey } from './tenantry.test-support.ts'

let database: TestDatabase
/** Reached directly, and behind a configured proxy on loopback. */
let direct: TestNode
let proxied: TestNode
let north: TestTenant
let south: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  direct = await startNode(database)
  proxied = await startNode(database, { trustedProxies: ['127.0.0.1'] })
  north = await tenantWithKey(direct)
  south = await tenantWithKey(direct)
})
afterAll(async () => {
  await Promise.all([direct?.tenantry.close(), proxied?.tenantry.close()])
  await database?.drop()
})

const read = (node: TestNode, host: string, headers: Record<string, string>) =>
  node.call('GET', '/v1/shelf/racks', { host, key: north.key, headers })

/** What must hold on a node that nobody configured a proxy for: a stranger's words change nothing. */
async function strangersAreNotBelieved(node: TestNode): Promise<boolean> {
  const asNorth = await read(node, north.host, { 'x-forwarded-host': south.host, 'x-tenant-id': south.tenant.id })
  const viaSouth = await read(node, south.host, { 'x-forwarded-host': north.host, 'x-tenant-id': north.tenant.id })
  return asNorth.status === 200 && viaSouth.status === 404
}

test('[BMS-8] from a stranger, X-Tenant-ID and X-Forwarded-Host are as if they were not there', async () => {
  expect(await strangersAreNotBelieved(direct)).toBe(true)
})

test('[BMS-8] a server that believed forwarded headers of everybody would fail that same test', async () => {
  const gullible = proxied
  expect(await strangersAreNotBelieved(gullible)).toBe(false)
})

test('[BMS-8] a configured proxy forwards the host', async () => {
  expect((await read(proxied, 'backend.internal', { 'x-forwarded-host': north.host })).status).toBe(200)
  expect((await read(proxied, 'backend.internal', { 'x-forwarded-host': south.host })).status).toBe(404)
})

test('[BMS-8] its X-Tenant-ID may restate the tenant of the host, and never name another', async () => {
  expect((await read(proxied, north.host, { 'x-tenant-id': north.tenant.id })).status).toBe(200)
  const other = await read(proxied, north.host, { 'x-tenant-id': south.tenant.id })
  const absent = await read(proxied, 'never-was.localhost', {})
  expect(other.status).toBe(404)
  expect(other.text).toBe(absent.text)
  expect((await read(proxied, north.host, { 'x-tenant-id': 'rubbish' })).status).toBe(404)
  expect((await read(proxied, 'api.localhost', { 'x-tenant-id': south.tenant.id })).status).toBe(404)
})
