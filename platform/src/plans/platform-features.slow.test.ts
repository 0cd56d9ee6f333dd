import { afterAll, beforeAll, expect, test } from 'vitest'
import { operatorKey, startNode, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import { defineSystem } from '../system.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'

const migrations = new URL('../server/test-system/none/', import.meta.url)
const plain = { migrations, permissions: {}, roles: {} }
/** Sells what the platform has, as a white-labelled business does. */
const broker = defineSystem({
  ...plain,
  name: 'broker',
  title: 'Brokers',
  tiers: {
    closed: { features: [], limits: { keys: null } },
    open: { features: ['api_access'], limits: { keys: null } },
    whole: { features: ['api_access', 'white_label'], limits: { keys: null } },
  },
})
/** Names none of it, so everybody has it. */
const kiosk = defineSystem({
  ...plain,
  name: 'kiosk',
  title: 'Kiosks',
  tiers: { only: { features: [], limits: { keys: null } } },
})

let database: TestDatabase
let node: TestNode
let operator: string

beforeAll(async () => {
  const systems = [broker, kiosk].map(({ name, migrations: directory }) => ({ name, directory }))
  database = await testDatabase({ systems })
  node = await startNode(database, {}, [broker, kiosk])
  operator = await operatorKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const makeKey = ({ host, key }: TestTenant) =>
  node.call('POST', '/v1/keys', { host, key, body: { name: 'one more', permissions: ['tenant:read'] } })
const makeHook = ({ host, key }: TestTenant) =>
  node.call('POST', '/v1/webhooks', { host, key, body: { url: 'https://hooks.example.com/in', eventTypes: ['*'] } })
async function draw({ host, key }: TestTenant) {
  const read = await node.call('GET', '/v1/brand', { host, key })
  return node.call('PATCH', '/v1/brand/draft', {
    host,
    key,
    body: { displayName: 'Harbour' },
    headers: { 'if-match': String(read.headers.etag) },
  })
}

test('[FIN-2] api_access is needed to make keys and webhooks, and the refusal names the plans that have it', async () => {
  const tenant = await tenantWithKey(node, { system: 'broker', tier: 'closed' })
  for (const refused of [await makeKey(tenant), await makeHook(tenant)]) {
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'feature_not_in_plan', feature: 'api_access', plans: ['open', 'whole'], addOns: [] },
    })
  }
  expect((await makeKey(await tenantWithKey(node, { system: 'broker', tier: 'open' }))).status).toBe(201)
})

test('[FIN-2] white_label is needed to change the brand, and comes with the next request once it is there', async () => {
  const tenant = await tenantWithKey(node, { system: 'broker', tier: 'open' })
  expect(await draw(tenant)).toMatchObject({ status: 403, body: { feature: 'white_label', plans: ['whole'] } })
  const moved = await node.call('PUT', `/v1/tenants/${tenant.tenant.id}/plan`, {
    host: 'dashboard.localhost',
    key: operator,
    body: { plan: 'whole' },
    headers: { 'tenantry-reason': 'agreed' },
  })
  expect(moved.status).toBe(200)
  expect((await draw(tenant)).status).toBe(200)
})

test('[FIN-2] what a plan has not any more can make no more of it, and what there is goes on', async () => {
  const tenant = await tenantWithKey(node, { system: 'broker', tier: 'closed' })
  expect((await node.call('GET', '/v1/keys', { host: tenant.host, key: tenant.key })).status).toBe(200)
})

test('[FIN-2] a system that sells none of it gives it to everybody', async () => {
  const tenant = await tenantWithKey(node, { system: 'kiosk' })
  expect((await makeKey(tenant)).status).toBe(201)
  expect((await draw(tenant)).status).toBe(200)
})
