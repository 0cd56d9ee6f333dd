import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
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
let superuser: pg.Client
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
})
afterAll(async () => {
  await node?.tenantry.close()
  await superuser?.end()
  await database?.drop()
})
beforeEach(async () => {
  north = await tenantWithKey(node, { tier: 'large' })
})

const ask = (method: string, path: string, body?: unknown, { key, host } = north, headers: Record<string, string> = {}) =>
  node.call(method, path, { host, key, body, headers })
const take = (what: string, body: unknown, tenant = north) => ask('POST', `/v1/quotas/scans/${what}`, body, tenant)
const scans = async () => (await ask('GET', '/v1/quotas/scans')).body

/** Past the plan: a limit that this tenant has for the test. */
async function limit(name: string, max: number | null, kind = 'metered', mode = 'hard'): Promise<void> {
  await superuser.query(
    `insert into tenantry.limits (tenant_id, name, max, kind, period, mode) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant_id, name) do update set max = excluded.max, kind = excluded.kind, period = excluded.period, mode = excluded.mode`,
    [north.tenant.id, name, max, kind, kind === 'metered' ? 'month' : null, mode],
  )
  await node.tenantry.directory.catchUp()
}

test('[SEC-2] quotas are listed with limit, use and the day they begin anew, and each can be asked for alone', async () => {
  await take('consume', { key: 'one', quantity: 1 })
  const quota = { kind: 'metered', period: 'month', max: 2, used: 1, available: 1, percentage: 50, unlimited: false }
  const listed = await ask('GET', '/v1/quotas')
  expect(listed.status).toBe(200)
  expect(listed.body.items).toContainEqual(expect.objectContaining({ meter: 'scans', ...quota }))
  expect(listed.body.items).toContainEqual(
    expect.objectContaining({ meter: 'racks', kind: 'counted', max: null, used: 0, resetsAt: null }),
  )
  expect(await scans()).toMatchObject({ ...quota, resetsAt: expect.stringMatching(/^\d{4}-\d{2}-01T00:00:00/) })
})

test('[SEC-2] the increment refuses rather than overshoots: with the limit, what is left, when it resets and what to do', async () => {
  const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => take('consume', { key: `scan ${n}`, quantity: 1 })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429, 429])
  expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({
    code: 'quota_exceeded',
    limit: 'scans',
    max: 2,
    used: 2,
    remaining: 0,
    resetsAt: (await scans()).resetsAt,
    advice: expect.stringContaining('resetsAt'),
  })
})

test('the same key is told the same and charged once', async () => {
  const consume = () => take('consume', { key: 'invoice 7', quantity: 2 })
  expect((await consume()).body).toMatchObject({ key: 'invoice 7', quantity: 2, repeated: false })
  expect((await consume()).body).toMatchObject({ repeated: true, quota: { used: 2 } })
  expect(await take('consume', { key: 'invoice 7', quantity: 1 })).toMatchObject({
    status: 422,
    body: { code: 'idempotency_key_reused' },
  })
})

test('[IIOT-5] what is reserved is no longer available, until it is committed or released', async () => {
  const held = await take('reserve', { key: 'job', quantity: 2, seconds: 60 })
  expect(held).toMatchObject({ status: 201, body: { quantity: 2, quota: { reserved: 2, available: 0, percentage: 100 } } })
  expect((await take('consume', { key: 'more', quantity: 1 })).status).toBe(429)
  expect(await take('commit', { key: 'job', quantity: 1 })).toMatchObject({
    status: 200,
    body: { state: 'committed', quantity: 1, late: false },
  })
  expect(await scans()).toMatchObject({ used: 1, reserved: 0, available: 1 })
  expect(await take('release', { key: 'job' })).toMatchObject({ status: 409, body: { code: 'conflict', state: 'committed' } })
  expect((await take('release', { key: 'never' })).status).toBe(404)
})

test('quantities that are none, unknown meters and unknown fields are refused, and nothing is stored', async () => {
  for (const quantity of [0, -1, 1.5, null, '1', 1e13, Number.MAX_VALUE]) {
    for (const what of ['consume', 'reserve'])
      expect((await take(what, { key: 'k', quantity })).body, `${what} ${quantity}`).toMatchObject({ code: 'invalid_request' })
  }
  for (const body of [{ quantity: 1 }, { key: '', quantity: 1 }, { key: 'k', quantity: 1, tenantId: north.tenant.id }])
    expect((await take('consume', body)).status).toBe(400)
  expect((await ask('POST', '/v1/quotas/nothing/consume', { key: 'k', quantity: 1 })).status).toBe(404)
  expect((await ask('GET', '/v1/quotas/nothing')).status).toBe(404)
  expect((await ask('POST', '/v1/quotas/racks/consume', { key: 'k', quantity: 1 })).status).toBe(400)
  expect(await scans()).toMatchObject({ used: 0, reserved: 0 })
})

test("another tenant's hold is not found, like one that never was", async () => {
  const south = await tenantWithKey(node, { tier: 'large' })
  await take('reserve', { key: 'theirs', quantity: 1 })
  const foreign = await take('commit', { key: 'theirs', quantity: 1 }, south)
  const absent = await take('commit', { key: 'absent', quantity: 1 }, south)
  expect([foreign.status, foreign.text]).toEqual([404, absent.text])
})

test('[FIN-5] a call with a key counts, reading quotas does not, and the answer says how many are left', async () => {
  await limit('api_calls', 40)
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask('GET', '/v1/keys')))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(40)
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.body).toMatchObject({ code: 'quota_exceeded', limit: 'api_calls', max: 40, remaining: 0 })
  expect((await ask('GET', '/v1/quotas/api_calls')).body).toMatchObject({ used: 40, available: 0 })
  await limit('api_calls', 1_000)
  // A refusal is remembered for a quarter of a second.
  await expect.poll(async () => (await ask('GET', '/v1/keys')).status, { timeout: 10_000 }).toBe(200)
  const { headers } = await ask('GET', '/v1/keys')
  expect(headers['ratelimit-policy']).toMatch(/"api_calls";q=1000;w=\d+/)
  expect(headers.ratelimit).toMatch(/"api_calls";r=\d+;t=\d+/)
})

test("a call that the route's own quota refuses leaves the budget of calls untouched", async () => {
  await limit('api_calls', 1_000)
  const scan = (headers = {}) => ask('POST', '/v1/shelf/scans', undefined, north, headers)
  const statuses = (await Promise.all([1, 2, 3, 4, 5, 6].map(() => scan()))).map(({ status }) => status)
  expect(statuses.sort()).toEqual([204, 204, 429, 429, 429, 429])
  await node.tenantry.services.quotas.leases.close()
  expect((await ask('GET', '/v1/quotas/api_calls')).body.used).toBe(2)
})

test('[FIN-12] an operator lets a limit grow by rule; a soft one warns and refuses nothing', async () => {
  const operator = await operatorKey(node)
  const grow = (method: string, body?: unknown) =>
    node.call(method, `/v1/tenants/${north.tenant.id}/quotas/scans/growth`, {
      host: 'dashboard.localhost',
      key: operator,
      body,
      headers: { 'tenantry-reason': 'agreed by telephone' },
    })
  expect((await grow('PUT', { step: 3, ceiling: 6 })).status).toBe(200)
  expect((await take('consume', { key: 'a', quantity: 4 })).body.quota).toMatchObject({ max: 5, used: 4 })
  expect((await take('consume', { key: 'b', quantity: 3 })).status).toBe(429)
  expect((await grow('DELETE')).status).toBe(204)
  expect((await take('consume', { key: 'c', quantity: 2 })).status).toBe(429)
  await limit('scans', 5, 'metered', 'soft')
  expect((await take('consume', { key: 'd', quantity: 100 })).body).toMatchObject({
    quantity: 100,
    quota: { mode: 'soft', used: 104 },
  })
})

test('[FIN-5] an operator says when the periods of a tenant begin, from the next boundary on', async () => {
  const operator = await operatorKey(node)
  const before = await scans()
  const anchored = (anchor: string) =>
    node.call('PUT', `/v1/tenants/${north.tenant.id}/quota-periods`, {
      host: 'dashboard.localhost',
      key: operator,
      body: { anchor },
      headers: { 'tenantry-reason': 'billed from the 15th' },
    })
  expect(await anchored('2026-01-15T00:00:00')).toMatchObject({ status: 200, body: { anchor: '2026-01-15T00:00:00' } })
  expect(await scans()).toMatchObject({ periodStart: before.periodStart, resetsAt: before.resetsAt })
  await superuser.query(`update tenantry.clock_offset set "offset" = '70 days'`)
  expect((await scans()).resetsAt).toMatch(/^\d{4}-\d{2}-15T00:00:00/)
  await superuser.query(`update tenantry.clock_offset set "offset" = '0'`)
  for (const wrong of ['2026-01-15', '2026-01-15T00:00:00Z', '2026-02-30T00:00:00'])
    expect((await anchored(wrong)).status).toBe(400)
})
