import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseWithSystems, operatorKey, startNode, type TestNode, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'

let database: TestDatabase
let node: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const look = (host: string) => node.call('GET', '/v1/public/tenant', { host })

test('[FIN-9] the brand of the tenant of a host can be read without signing in, and nothing else of it', async () => {
  const { tenant, host, key } = await tenantWithKey(node)
  const brand = { displayName: 'Northwind', colours: { primary: '#112233' }, footer: 'Offices & more', poweredBy: false }
  const headers = { 'if-match': `"v${tenant.version}"` }
  const changed = await node.call('PATCH', '/v1/tenants/current', {
    host,
    key,
    body: { brand, billingEmail: 'bill@example.com' },
    headers,
  })
  expect(changed.status, changed.text).toBe(200)
  const { status, body } = await look(host)
  expect(status).toBe(200)
  expect(body).toEqual({
    displayName: 'Northwind',
    theme: 'auto',
    logo: {},
    icon: '/favicon.ico',
    styleSheet: expect.stringMatching(/^\/brand\/1-[0-9a-f]{12}\.css$/),
    colours: { primary: '#112233', onPrimary: '#ffffff', accent: '#0b7285', background: '#ffffff' },
    footer: 'Offices & more',
    poweredBy: false,
  })
})

test('[FIN-9] a host without a tenant and one whose tenant is not active answer alike', async () => {
  const { tenant, host } = await tenantWithKey(node)
  const operator = await operatorKey(node)
  const suspended = await node.call('POST', `/v1/tenants/${tenant.id}/suspend`, {
    host: 'dashboard.localhost',
    key: operator,
    body: { mode: 'read_only', reason: 'A test' },
    headers: { 'tenantry-reason': 'A test' },
  })
  expect(suspended.status, suspended.text).toBe(200)
  const [known, unknown, base] = await Promise.all([look(host), look('never-was.localhost'), look('localhost')])
  expect([known.status, known.text]).toEqual([unknown.status, unknown.text])
  expect([base.status, base.text]).toEqual([unknown.status, unknown.text])
})
