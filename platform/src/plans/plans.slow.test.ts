import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
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
let operator: string
let owner: pg.Client

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
  operator = await operatorKey(node)
  owner = new pg.Client({ connectionString: database.adminUrl })
  await owner.connect()
})
afterEach(() => moveClock('0'))
afterAll(async () => {
  await owner?.end()
  await node?.tenantry.close()
  await database?.drop()
})

const moveClock = (by: string) => owner.query(`update tenantry.clock_offset set "offset" = $1::interval`, [by])

/** As an operator, inside a tenant or outside of all. */
const order = (method: string, path: string, body?: object) =>
  node.call(method, path, {
    host: 'dashboard.localhost',
    key: operator,
    ...(body === undefined ? {} : { body }),
    headers: { 'tenantry-reason': 'asked for by telephone', ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}) },
  })
const ask = ({ host, key }: TestTenant, path: string) => node.call('GET', path, { host, key })
const makeRack = ({ host, key }: TestTenant) => node.call('POST', '/v1/shelf/racks', { host, key, body: { name: 'one' } })
const scan = ({ host, key }: TestTenant) => node.call('POST', '/v1/shelf/scans', { host, key })
const move = ({ tenant }: TestTenant, plan: string, version?: number) =>
  order('PUT', `/v1/tenants/${tenant.id}/plan`, { plan, ...(version === undefined ? {} : { version }) })
const agree = ({ tenant }: TestTenant, what: string, body: object) =>
  order('PUT', `/v1/tenants/${tenant.id}/overrides/${what}`, { reason: 'a long-standing customer', ...body })

const inAnHour = async () => {
  const { rows } = await owner.query<{ at: Date }>(`select tenantry.clock() + interval '1 hour' as at`)
  return rows[0]?.at.toISOString()
}

test('the plans of the own system are listed, the first one first, with what they give and cost', async () => {
  const { body } = await ask(await tenantWithKey(node), '/v1/plans')
  expect(body.plans).toMatchObject([
    { key: 'small', content: { title: 'Small', features: [], limits: { racks: { max: 3, kind: 'counted', mode: 'hard' } } } },
    { key: 'large', content: { features: ['scanning'], limits: { racks: { max: null } }, values: { support: 'telephone' } } },
  ])
  expect(body.addOns).toMatchObject([
    { key: 'scanner', content: { features: ['scanning'], prices: { monthly: 1_000, once: 5_000 } } },
    { key: 'more_racks', content: { prices: { currency: 'GBP', monthly: 500, yearly: null, once: null } } },
  ])
})

test('[IIOT-6] a refused feature names the plan and the add-on that have it, and works with the next request once there', async () => {
  const small = await tenantWithKey(node)
  expect(await scan(small)).toMatchObject({
    status: 403,
    body: { code: 'feature_not_in_plan', feature: 'scanning', plans: ['large'], addOns: ['scanner'] },
  })
  expect((await move(small, 'large')).status).toBe(200)
  expect((await scan(small)).status).toBe(204)
})

test('an entitlement says which rule decides: plan, add-on, override, or none', async () => {
  const tenant = await tenantWithKey(node)
  const explain = async (name: string) => (await ask(tenant, `/v1/entitlements/${name}`)).body
  expect(await explain('scanning')).toMatchObject({
    kind: 'feature',
    value: false,
    decidedBy: null,
    rules: [],
    inPlans: ['large'],
    inAddOns: ['scanner'],
  })
  expect(await explain('racks')).toMatchObject({
    kind: 'limit',
    value: 3,
    decidedBy: 'plan',
    rules: [{ source: 'small', given: 3 }],
  })

  await order('PUT', `/v1/tenants/${tenant.tenant.id}/add-ons/more_racks`, {})
  expect(await explain('racks')).toMatchObject({
    value: 5,
    decidedBy: 'add_on',
    rules: [
      { rule: 'add_on', source: 'more_racks', given: 2 },
      { rule: 'plan', given: 3 },
    ],
  })
  const expiresAt = await inAnHour()
  expect((await agree(tenant, 'limit/racks', { value: 4, expiresAt })).status).toBe(200)
  expect(await explain('racks')).toMatchObject({
    value: 4,
    decidedBy: 'override',
    rules: [{ rule: 'override', given: 4, reason: 'a long-standing customer' }, { rule: 'add_on' }, { rule: 'plan' }],
  })
  await agree(tenant, 'value/support', { value: 'in person' })
  expect(await explain('support')).toMatchObject({ kind: 'value', value: 'in person', decidedBy: 'override' })
  expect((await ask(tenant, '/v1/entitlements')).body).toMatchObject({
    plan: { key: 'small', title: 'Small' },
    addOns: [{ key: 'more_racks', until: null }],
    values: { support: 'in person' },
  })
})

test('a name that no plan knows is not found, neither asked about nor agreed', async () => {
  const tenant = await tenantWithKey(node)
  expect(await ask(tenant, '/v1/entitlements/teleporting')).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await agree(tenant, 'feature/teleporting', { value: true })).toMatchObject({ status: 404 })
  expect(await agree(tenant, 'feature/racks', { value: true })).toMatchObject({ status: 404 })
  expect((await order('GET', `/v1/tenants/${tenant.tenant.id}/overrides`)).body.items).toEqual([])
})

test.each([
  ['limit/racks', { value: -1 }],
  ['limit/racks', { value: 1.5 }],
  ['limit/racks', { value: 'many' }],
  ['limit/racks', { value: 1e300 }],
  ['feature/scanning', { value: 1 }],
  ['feature/scanning', { value: null }],
  ['value/support', { value: null }],
  ['limit/racks', { value: 3, reason: '' }],
  ['limit/racks', { value: 3, expiresAt: 'tomorrow' }],
  ['colour/racks', { value: 3 }],
])('%s cannot be agreed as %o, and nothing is stored', async (what, body) => {
  const tenant = await tenantWithKey(node)
  expect(await agree(tenant, what, body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect((await order('GET', `/v1/tenants/${tenant.tenant.id}/overrides`)).body.items).toEqual([])
  expect((await ask(tenant, '/v1/entitlements/racks')).body.value).toBe(3)
})

test('an agreed limit lets through and ends with its moment, with nobody there to tidy up', async () => {
  const tenant = await tenantWithKey(node)
  await agree(tenant, 'limit/racks', { value: 4, expiresAt: await inAnHour() })
  for (let made = 0; made < 4; made += 1) expect((await makeRack(tenant)).status).toBe(201)
  expect(await makeRack(tenant)).toMatchObject({ status: 429, body: { code: 'quota_exceeded', limit: 'racks', max: 4 } })

  await agree(tenant, 'limit/racks', { value: null, expiresAt: await inAnHour() })
  expect((await makeRack(tenant)).status).toBe(201)
  // Whoever tidies up is kept from it, so that only the clock can decide.
  await owner.query(`update tenantry.work set claimed_until = 'infinity' where kind = 'plans.refresh' and tenant_id = $1`, [
    tenant.tenant.id,
  ])
  await moveClock('61 minutes')
  expect(await makeRack(tenant)).toMatchObject({ status: 429, body: { code: 'quota_exceeded', max: 3, used: 5 } })
  expect((await ask(tenant, '/v1/limits')).body.items).toContainEqual(
    expect.objectContaining({ name: 'racks', max: 3, used: 5, available: 0 }),
  )
  expect((await ask(tenant, '/v1/entitlements/racks')).body).toMatchObject({ value: 3, decidedBy: 'plan' })
  expect((await order('GET', `/v1/tenants/${tenant.tenant.id}/overrides`)).body.items).toEqual([])
})

test('what is written down follows an end by itself, as a new version of the limit', async () => {
  const tenant = await tenantWithKey(node)
  await agree(tenant, 'limit/racks', { value: 4, expiresAt: await inAnHour() })
  const written = async () => {
    const text = `select max::int, version::int, until is not null as ends from tenantry.limits where tenant_id = $1 and name = 'racks'`
    await owner.query('begin')
    await owner.query(`select set_config('tenantry.tenant', $1, true)`, [tenant.tenant.id])
    const { rows } = await owner.query(text, [tenant.tenant.id])
    await owner.query('commit')
    return rows[0]
  }
  expect(await written()).toEqual({ max: 4, version: 2, ends: true })
  await moveClock('61 minutes')
  await expect.poll(written, { timeout: 30_000 }).toEqual({ max: 3, version: 3, ends: false })
})

test('a feature agreed for an hour is refused after it, on a node that heard of no change', async () => {
  const tenant = await tenantWithKey(node)
  await agree(tenant, 'feature/scanning', { value: true, expiresAt: await inAnHour() })
  expect((await scan(tenant)).status).toBe(204)
  await moveClock('61 minutes')
  await expect.poll(async () => (await scan(tenant)).status, { timeout: 10_000 }).toBe(403)
})

test('what an override took away comes back when it ends', async () => {
  const tenant = await tenantWithKey(node, { tier: 'large' })
  await agree(tenant, 'feature/scanning', { value: false })
  expect((await scan(tenant)).status).toBe(403)
  expect((await order('DELETE', `/v1/tenants/${tenant.tenant.id}/overrides/feature/scanning`)).status).toBe(204)
  expect((await scan(tenant)).status).toBe(204)
  expect((await order('DELETE', `/v1/tenants/${tenant.tenant.id}/overrides/feature/scanning`)).status).toBe(404)
})

test('an add-on gives its feature until it ends', async () => {
  const tenant = await tenantWithKey(node)
  const path = `/v1/tenants/${tenant.tenant.id}/add-ons/scanner`
  expect(await order('PUT', path, { until: await inAnHour() })).toMatchObject({
    status: 200,
    body: { key: 'scanner', version: 1 },
  })
  expect((await scan(tenant)).status).toBe(204)
  await moveClock('61 minutes')
  await expect.poll(async () => (await scan(tenant)).status, { timeout: 10_000 }).toBe(403)
  expect((await order('PUT', path, {})).body).toMatchObject({ until: null })
  expect((await ask(tenant, '/v1/entitlements/scanning')).body).toMatchObject({ value: true, decidedBy: 'add_on' })
  expect((await order('DELETE', path)).status).toBe(204)
  expect((await order('DELETE', path)).status).toBe(404)
  expect(await order('PUT', `/v1/tenants/${tenant.tenant.id}/add-ons/moon`, {})).toMatchObject({ status: 400 })
})

test('a smaller plan shows beforehand what would be over; then nothing is deleted and nothing more can be made', async () => {
  const tenant = await tenantWithKey(node, { tier: 'large' })
  for (let made = 0; made < 5; made += 1) expect((await makeRack(tenant)).status).toBe(201)
  const { body: preview } = await ask(tenant, '/v1/plans/small/preview')
  expect(preview).toMatchObject({
    plan: 'small',
    lost: ['scanning'],
    gained: [],
    values: [{ name: 'support', before: 'telephone', after: 'mail' }],
  })
  expect(preview.limits).toContainEqual({ name: 'racks', before: null, after: 3, used: 5, over: 2 })
  expect((await ask(tenant, '/v1/entitlements')).body.plan.key).toBe('large')

  expect((await move(tenant, 'small')).body).toEqual({ plan: 'small', version: preview.version })
  expect((await ask(tenant, '/v1/shelf/racks')).body.items).toHaveLength(5)
  expect(await makeRack(tenant)).toMatchObject({ status: 429, body: { limit: 'racks', max: 3, used: 5 } })
  // What is over now is listed by the same question about the plan that one has.
  expect((await ask(tenant, '/v1/plans/small/preview')).body.limits).toContainEqual({
    name: 'racks',
    before: 3,
    after: 3,
    used: 5,
    over: 2,
  })
})

test('up, down and up again fills nothing up: what was used stays used', async () => {
  const tenant = await tenantWithKey(node, { tier: 'large' })
  expect((await scan(tenant)).status).toBe(204)
  expect((await scan(tenant)).status).toBe(204)
  expect(await scan(tenant)).toMatchObject({ status: 429, body: { code: 'quota_exceeded' } })
  await move(tenant, 'small')
  await move(tenant, 'large')
  expect(await scan(tenant)).toMatchObject({ status: 429, body: { code: 'quota_exceeded' } })
})

test('of moves at one moment one is the last, and the limits are those of its plan', async () => {
  const tenant = await tenantWithKey(node)
  const wanted = ['large', 'small', 'large', 'small', 'large', 'small', 'large', 'small']
  const answers = await Promise.all([
    ...wanted.map((plan) => move(tenant, plan)),
    agree(tenant, 'value/support', { value: 'by letter' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  const { body } = await ask(tenant, '/v1/entitlements')
  const racks = { small: 3, large: null }[body.plan.key as 'small' | 'large']
  expect((await ask(tenant, '/v1/limits')).body.items).toContainEqual(expect.objectContaining({ name: 'racks', max: racks }))
  expect(body.features).toEqual(body.plan.key === 'large' ? ['scanning'] : [])
  expect(body.values.support).toBe('by letter')
})

test('a move to a plan or version that there is not is refused, and changes nothing', async () => {
  const tenant = await tenantWithKey(node)
  expect(await move(tenant, 'enormous')).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect(await move(tenant, 'large', 99)).toMatchObject({ status: 400 })
  expect((await ask(tenant, '/v1/plans/enormous/preview')).status).toBe(400)
  expect((await ask(tenant, '/v1/entitlements')).body.plan.key).toBe('small')
})
