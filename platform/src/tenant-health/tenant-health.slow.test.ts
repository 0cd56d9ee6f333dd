import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sql } from '../isolation/statement.ts'
import {
  databaseWithSystems,
  operatorKey,
  startNode,
  systems,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import type { HealthContributor } from './health.ts'
import { createTenantHealth } from './tenant-health.ts'

let database: TestDatabase
let node: TestNode
let operator: string
let superuser: pg.Client

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
  operator = await operatorKey(node)
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
})
afterAll(async () => {
  await node?.tenantry.close()
  await superuser?.end()
  await database?.drop()
})

const actor = { kind: 'system', id: '018f0000-0000-7000-8000-0000000000c4' } as const
const scopeOf = ({ tenant }: TestTenant) => node.tenantry.scope({ tenantId: tenant.id, actor })
const healthOf = async ({ host, key }: TestTenant) => (await node.call('GET', '/v1/tenants/current/health', { host, key })).body
const assess = (of: TestTenant) => node.tenantry.services.tenantHealth.assess(scopeOf(of))
const asOperator = (path: string) =>
  node.call('GET', path, { host: 'dashboard.localhost', key: operator, headers: { 'tenantry-reason': 'looking after them' } })

/** Traffic as it would have been written so long ago. */
const traffic = (of: TestTenant, ago: string, figures: { requests: number; serverErrors?: number; quotaRefusals?: number }) =>
  scopeOf(of).run(sql`insert into tenantry.traffic (slot, requests, client_errors, server_errors, quota_refusals, sign_ins,
      received_bytes, milliseconds, durations)
    values (date_bin('5 minutes', tenantry.clock() - ${ago}::interval, 'epoch'), ${figures.requests}, 0, ${figures.serverErrors ?? 0},
      ${figures.quotaRefusals ?? 0}, 0, 0, 0, array[${figures.requests}::bigint,0,0,0,0,0,0,0,0,0,0,0])`)

const criticalEvents = async (of: TestTenant) =>
  (
    await scopeOf(of).run(sql<{ data: unknown }>`select data from tenantry.events where type = 'health.critical' order by id`)
  ).map(({ data }) => data)

test('[SEC-7] a tenant that has just begun is healthy, and its health says what it was judged by', async () => {
  const north = await tenantWithKey(node)
  expect(await healthOf(north)).toMatchObject({ state: 'healthy', reasons: [], activity: { requestsBefore: 0, idleDays: 0 } })
})

test('[SEC-7] what nearly uses up a limit is a warning, what uses it up is critical, and told once', async () => {
  const north = await tenantWithKey(node)
  const path = `/v1/tenants/${north.tenant.id}/limits/racks`
  const limit = (max: number) =>
    node.call('PUT', path, {
      host: 'dashboard.localhost',
      key: operator,
      body: { max },
      headers: { 'tenantry-reason': 'agreed' },
    })
  await limit(5)
  for (const name of ['a', 'b', 'c', 'd']) await node.call('POST', '/v1/shelf/racks', { ...north, body: { name } })
  await assess(north)
  expect(await healthOf(north)).toMatchObject({
    state: 'warning',
    reasons: [{ code: 'quota_nearly_used', numbers: { racks: 80 } }],
  })
  expect(await criticalEvents(north)).toEqual([])
  await limit(4)
  await assess(north)
  await assess(north)
  expect(await healthOf(north)).toMatchObject({
    state: 'critical',
    reasons: [{ code: 'quota_used_up', numbers: { racks: 100 } }],
  })
  expect(await criticalEvents(north)).toEqual([{ codes: ['quota_used_up'] }])
  await limit(100)
  await assess(north)
  expect(await healthOf(north)).toMatchObject({ state: 'healthy', reasons: [] })
  await limit(4)
  await assess(north)
  expect(await criticalEvents(north)).toHaveLength(2)
})

test('[SEC-7] a limit that will be reached within a week is a warning, with the days that are left', async () => {
  const [north, slow] = [await tenantWithKey(node), await tenantWithKey(node)]
  const grow = async (of: TestTenant, aDay: number) => {
    const scope = scopeOf(of)
    await scope.run(sql`update tenantry.limits set max = 100 where name = 'racks'`)
    await superuser.query(
      `insert into tenantry.usage_levels (tenant_id, name, day, level, highest)
       select $1, 'racks', current_date - n, 60 - n * $2, 60 - n * $2 from generate_series(1, 10) n`,
      [of.tenant.id, aDay],
    )
    await superuser.query(`update tenantry.counters set used = 60 where tenant_id = $1 and name = 'racks'`, [of.tenant.id])
    await assess(of)
    return healthOf(of)
  }
  expect(await grow(north, 6)).toMatchObject({ state: 'warning', reasons: [{ code: 'quota_runs_out', numbers: { racks: 7 } }] })
  expect(await grow(slow, 1)).toMatchObject({ state: 'healthy', reasons: [] })
})

test('[SEC-7] server errors and quota violations of the last hour are errors; a few requests tell nothing', async () => {
  const few = await tenantWithKey(node)
  await traffic(few, '10 minutes', { requests: 5, serverErrors: 5 })
  await assess(few)
  expect(await healthOf(few)).toMatchObject({ state: 'healthy' })
  const some = await tenantWithKey(node)
  await traffic(some, '10 minutes', { requests: 1_000, serverErrors: 8, quotaRefusals: 12 })
  await assess(some)
  expect(await healthOf(some)).toMatchObject({ state: 'warning', reasons: [{ code: 'errors', numbers: { rate: 0.02 } }] })
  const many = await tenantWithKey(node)
  await traffic(many, '10 minutes', { requests: 100, quotaRefusals: 50 })
  await traffic(many, '3 hours', { requests: 10_000 })
  await assess(many)
  expect(await healthOf(many)).toMatchObject({ state: 'critical', reasons: [{ code: 'errors', numbers: { errors: 50 } }] })
})

test('[SEC-7] use that fell to less than a third, and a tenant that nobody uses, are warnings', async () => {
  const fell = await tenantWithKey(node)
  await traffic(fell, '9 days', { requests: 1_000 })
  await traffic(fell, '2 days', { requests: 200 })
  await assess(fell)
  expect(await healthOf(fell)).toMatchObject({
    state: 'warning',
    reasons: [{ code: 'use_fell', numbers: { requests: 200, requestsBefore: 1_000 } }],
  })
  const idle = await tenantWithKey(node)
  await scopeOf(idle).run(sql`update tenantry.tenants set created_at = tenantry.clock() - interval '20 days'`)
  await assess(idle)
  expect(await healthOf(idle)).toMatchObject({ state: 'warning', reasons: [{ code: 'idle', numbers: { days: 20 } }] })
})

test('[SEC-7] webhooks that take nothing are a warning, and critical once they are disabled', async () => {
  const north = await tenantWithKey(node)
  const scope = scopeOf(north)
  await scope.run(sql`with e as (insert into tenantry.webhook_endpoints (url, event_types, secret, secret_fingerprint)
      values ('https://example.com/', '{*}', '\\x00', 'none') returning id)
    insert into tenantry.webhook_health (endpoint_id, failures, failing_since) select id, 9, tenantry.clock() - interval '2 hours' from e`)
  await assess(north)
  expect(await healthOf(north)).toMatchObject({
    state: 'warning',
    reasons: [{ code: 'webhooks_failing', numbers: { webhooks: 1 } }],
  })
  await scope.run(sql`update tenantry.webhook_endpoints set state = 'disabled', disabled_because = 'failing'`)
  await assess(north)
  expect(await healthOf(north)).toMatchObject({ state: 'critical', reasons: [{ code: 'webhooks_disabled' }] })
})

test('[SEC-7] a subscription that is past due is a warning, one that has ended is critical', async () => {
  const north = await tenantWithKey(node)
  const scope = scopeOf(north)
  const state = (to: string) =>
    scope.run(sql`update tenantry.subscriptions set state = ${to}, trial_ends_at = coalesce(trial_ends_at, tenantry.clock()),
        ended_at = case when ${to} in ('canceled', 'expired') then tenantry.clock() end`)
  await scope.run(sql`insert into tenantry.subscriptions (plan, plan_version, state, billing_interval, currency, price_minor, anchor,
      time_zone, period_start, period_end, usage_sealed_until)
    values ('small', 1, 'active', 'monthly', 'EUR', 100, '2026-01-01T00:00:00', 'UTC', tenantry.clock(), tenantry.clock() + interval '1 month',
      tenantry.clock()) on conflict do nothing`)
  for (const [to, health, reasons] of [
    ['active', 'healthy', []],
    ['past_due', 'warning', [{ code: 'payment_past_due' }]],
    ['paused', 'warning', [{ code: 'subscription_paused' }]],
    ['expired', 'critical', [{ code: 'subscription_ended' }]],
  ] as const) {
    await state(to)
    await assess(north)
    expect(await healthOf(north), to).toMatchObject({ state: health, reasons })
  }
})

test('[SEC-7] a system tells of its own tenants what the platform cannot know, and of no others', async () => {
  const [ours, theirs] = [await tenantWithKey(node), await tenantWithKey(node, { system: 'depot' })]
  const dusty: HealthContributor = {
    name: 'shelf.dust',
    assess: async () => [{ code: 'shelf_dusty', state: 'warning', message: 'Dust the shelves.', numbers: { grams: 3 } }],
  }
  const { directory, scope, services } = node.tenantry
  const health = createTenantHealth({
    scope,
    directory,
    usage: services.usage,
    systems: systems.map((each) => (each.name === 'shelf' ? { ...each, health: [dusty] } : each)),
  })
  for (const tenant of [ours, theirs]) await health.assess(scopeOf(tenant))
  expect(await healthOf(ours)).toMatchObject({ state: 'warning', reasons: [{ code: 'shelf_dusty', numbers: { grams: 3 } }] })
  expect(await healthOf(theirs)).toMatchObject({ state: 'healthy', reasons: [] })
})

test('[SEC-7] operators see the worst first, page by page, and reasons without figures; nobody sees another tenant', async () => {
  const [ill, well] = [await tenantWithKey(node), await tenantWithKey(node)]
  await traffic(ill, '10 minutes', { requests: 100, serverErrors: 100 })
  await assess(ill)
  await assess(well)
  const found: { id: string; state: string; codes: string[] }[] = []
  for (let cursor = ''; ; ) {
    const { body } = await asOperator(`/v1/tenants/health?limit=2${cursor}`)
    found.push(...body.items)
    if (body.nextCursor === null) break
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`
  }
  const rank = { critical: 0, warning: 1, healthy: 2 } as Record<string, number>
  const ranks = found.map(({ state }) => rank[state] as number)
  expect(ranks).toEqual([...ranks].sort())
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
  expect(found).toContainEqual(expect.objectContaining({ id: ill.tenant.id, state: 'critical', codes: ['errors'] }))
  expect(found).toContainEqual(expect.objectContaining({ id: well.tenant.id, state: 'healthy', codes: [] }))
  const only = (await asOperator('/v1/tenants/health?state=critical&limit=200')).body.items as { state: string }[]
  expect(new Set(only.map(({ state }) => state))).toEqual(new Set(['critical']))
  expect((await asOperator(`/v1/tenants/${ill.tenant.id}/health`)).body).toMatchObject({
    state: 'critical',
    reasons: [{ code: 'errors' }],
  })
  expect((await node.call('GET', '/v1/tenants/health', { host: well.host, key: well.key })).status).not.toBe(200)
  expect(await healthOf(well)).toMatchObject({ state: 'healthy', activity: { errorsLastHour: 0 } })
})

test('[SEC-7] a new tenant is assessed by itself within minutes, and within seconds when something happens to it', async () => {
  const north = await tenantWithKey(node)
  const due = async () => {
    const { rows } = await node.tenantry.directory.pool.query<{ seconds: number }>(
      `select extract(epoch from due_at - tenantry.clock())::float8 as seconds from tenantry.work where tenant_id = $1 and kind = 'health.assess'`,
      [north.tenant.id],
    )
    return rows[0]?.seconds
  }
  expect(await due()).toBeGreaterThan(200)
  await traffic(north, '10 minutes', { requests: 100, serverErrors: 100 })
  await scopeOf(north).run(sql`select tenantry.emit('quota.exceeded', ${north.tenant.id}::uuid)`, { lane: 'write' })
  await vi.waitFor(async () => expect(await criticalEvents(north)).toHaveLength(1), { timeout: 40_000, interval: 200 })
  await vi.waitFor(async () => expect(await due()).toBeGreaterThan(200), { timeout: 20_000, interval: 200 })
})

test('[SEC-7] [CRM-8] requests, sign-ins and bytes are counted for the tenant, and its neighbour has none of them', async () => {
  const [north, south] = [await tenantWithKey(node), await tenantWithKey(node)]
  const body = { name: 'counted' }
  await node.call('POST', '/v1/shelf/racks', { ...north, body })
  await node.call('GET', '/v1/shelf/racks', { ...north })
  await node.call('GET', '/v1/shelf/racks/018f0000-0000-7000-8000-000000000000', { ...north })
  await vi.waitFor(async () => {
    await node.tenantry.services.traffic.flush()
    const { body: told } = await node.call('GET', '/v1/tenants/current/traffic?hours=1', { ...north })
    expect(told.total).toMatchObject({ clientErrors: 1, serverErrors: 0, quotaRefusals: 0, errorRate: 0 })
    expect(told.total.requests).toBeGreaterThanOrEqual(3)
    expect(told.total.receivedBytes).toBe(JSON.stringify(body).length)
    expect(told.total.p95Milliseconds).toBeGreaterThan(0)
  })
  const { body: other } = await node.call('GET', '/v1/tenants/current/traffic', { ...south })
  expect(other).toMatchObject({
    hours: 24,
    minutes: 60,
    total: { requests: 0, errorRate: null, p95Milliseconds: null },
    windows: [],
  })
  expect((await node.call('GET', '/v1/tenants/current/traffic?hours=169', { ...south })).status).toBe(400)
})

test('[SEC-7] strangers who ask at a tenant’s address, or with a key of nobody, leave its figures alone', async () => {
  const north = await tenantWithKey(node)
  await node.tenantry.services.traffic.flush()
  for (let index = 0; index < 5; index++) {
    await node.call('GET', '/v1/shelf/racks', { host: north.host, key: `${north.key.slice(0, -8)}aaaaaaaa` })
    await node.call('POST', '/v1/auth/sign-in', { host: north.host, body: { email: 'nobody@example.com', password: 'x' } })
  }
  await node.tenantry.services.traffic.flush()
  expect(await scopeOf(north).run(sql`select from tenantry.traffic`)).toEqual([])
})

test('the maintenance of a tenant’s health lets go of traffic that nobody compares any more', async () => {
  const north = await tenantWithKey(node)
  await traffic(north, '16 days', { requests: 1 })
  await traffic(north, '13 days', { requests: 1 })
  await node.tenantry.services.traffic.prune(scopeOf(north))
  expect(await scopeOf(north).run(sql`select from tenantry.traffic`)).toHaveLength(1)
})

test('the app may not write the health of another tenant, nor see it', async () => {
  const [north, south] = [await tenantWithKey(node), await tenantWithKey(node)]
  await assess(south)
  expect(await scopeOf(north).run(sql`select from tenantry.tenant_health`)).toEqual([])
  const write = sql`insert into tenantry.tenant_health (tenant_id, state, codes, reasons, activity)
    values (${south.tenant.id}::uuid, 'critical', '{}', '[]', '{}')`
  await expect(scopeOf(north).run(write)).rejects.toThrow()
  const superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
  try {
    const { rows } = await superuser.query('select state from tenantry.tenant_health where tenant_id = $1', [south.tenant.id])
    expect(rows).toEqual([{ state: 'healthy' }])
  } finally {
    await superuser.end()
  }
})
