import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Answer,
  databaseWithSystems,
  operatorKey,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'

let database: TestDatabase
let node: TestNode
let tenant: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
  tenant = await tenantWithKey(node)
  const brand = { displayName: 'Nordwind', poweredBy: false }
  const headers = { 'if-match': `"v${tenant.tenant.version}"` }
  await node.call('PATCH', '/v1/tenants/current', { ...tenant, body: { brand }, headers })
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const read = (path: string, accept = '*/*', host = tenant.host) => node.call('GET', path, { host, headers: { accept } })
/** Where it names the vendor, with what stands around it. */
const namesIn = ({ text, headers }: Answer) => `${text}\n${JSON.stringify(headers)}`.match(/.{0,60}tenantry.{0,60}/gi) ?? []

test.each([
  ['/', 'text/html'],
  ['/sign-in', 'text/html'],
  ['/nothing/here', 'text/html'],
  ['/nothing/here', '*/*'],
  ['/docs', 'text/html'],
  ['/docs/style.css', '*/*'],
  ['/llms.txt', '*/*'],
  ['/v1/openapi.json', '*/*'],
  ['/manifest.webmanifest', '*/*'],
  ['/favicon.ico', '*/*'],
  ['/v1/public/tenant', '*/*'],
  ['/v1/members', '*/*'],
  ['/v1/tenants', '*/*'],
])('nothing of the vendor is in %s (%s) of a branded host, headers included', async (path, accept) => {
  const answer = await read(path, accept)
  expect(namesIn(answer)).toEqual([])
})

test('nor in a problem, its page, or the challenge of a token', async () => {
  const operators = (await read('/v1/openapi.json', '*/*', 'dashboard.localhost')).body
  const codes = Object.keys((await read('/v1/openapi.json')).body.components.responses).flatMap((each) => each.split('.'))
  for (const code of new Set(codes)) expect(namesIn(await read(`/errors/${code}`, 'text/html')), code).toEqual([])
  const body = { grant_type: 'client_credentials' }
  const token = await node.call('POST', '/v1/oauth/token', { host: tenant.host, body })
  expect(token.status).toBeGreaterThanOrEqual(400)
  expect(namesIn(token)).toEqual([])
  const wrong = await node.call('PATCH', '/v1/tenants/current', { ...tenant, body: { brand: { theme: 'purple' } } })
  expect(namesIn(wrong)).toEqual([])
  expect(JSON.stringify(operators.paths)).toContain('/v1/tenants/{tenantId}')
})

test('what operators may do is told on their own host, and not on a tenant’s', async () => {
  expect((await read('/errors/reason_required')).status).toBe(404)
  expect((await read('/errors/reason_required', '*/*', 'dashboard.localhost')).status).toBe(200)
  expect((await read('/docs')).text.includes('/v1/operators/{id}')).toBe(false)
  expect((await read('/docs', '*/*', 'dashboard.localhost')).text.includes('/v1/operators/{id}')).toBe(true)
  expect((await node.call('GET', '/v1/operators', { host: 'dashboard.localhost', key: await operatorKey(node) })).status).toBe(
    200,
  )
})
