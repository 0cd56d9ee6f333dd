import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { eraseTenant, sweepErased } from '../tenants/erase-tenant.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import {
  type CallOptions,
  databaseWithSystems,
  operatorKey,
  startNode,
  type TestNode,
  tenantWithKey,
} from './tenantry.test-support.ts'

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
afterAll(async () => {
  await owner?.end()
  await node?.tenantry.close()
  await database?.drop()
})

const dashboard = (method: string, path: string, options: CallOptions = {}) =>
  node.call(method, path, { host: 'dashboard.localhost', key: operator, ...options })
const create = (body: object) => dashboard('POST', '/v1/tenants', { body, headers: { 'idempotency-key': randomUUID() } })
const act = (id: string, action: string, body: object = { reason: 'because' }) =>
  dashboard('POST', `/v1/tenants/${id}/${action}`, { body })

test('[IIOT-2] an operator makes a tenant with its limits, and its first key for a recorded reason', async () => {
  const made = await create({
    slug: 'northwind',
    name: 'Northwind',
    system: 'shelf',
    tier: 'large',
    billingEmail: 'a@example.com',
  })
  expect(made).toMatchObject({ status: 201, body: { slug: 'northwind', status: 'active', tier: 'large', version: 1 } })
  const path = `/v1/tenants/${made.body.id}/keys`
  const body = { name: 'first', permissions: ['tenant:read', 'shelf.racks:read'] }
  expect(await dashboard('POST', path, { body })).toMatchObject({ status: 400, body: { code: 'reason_required' } })
  const key = await dashboard('POST', path, { body, headers: { 'tenantry-reason': 'set-up call with Ada' } })
  expect(key.status).toBe(201)

  const own = await node.call('GET', '/v1/limits', { host: 'northwind.localhost', key: key.body.credential })
  expect(own.body.items).toContainEqual({ name: 'racks', max: null, used: 0, available: null, percentage: null })
  const [entry] = await node.tenantry.scope({ tenantId: made.body.id, actor: { kind: 'system', id: made.body.id } }).run(
    sql<{
      actorKind: string
      after: object
    }>`select actor_kind, after from tenantry.audit_entries where action = 'platform.tenant.entered'`,
  )
  expect(entry).toEqual({ actorKind: 'operator', after: { reason: 'set-up call with Ada', operation: 'createTenantKey' } })
})

test('making a tenant asks for an idempotency key', async () => {
  const answer = await dashboard('POST', '/v1/tenants', { body: { slug: 'keyless', name: 'K', system: 'shelf' } })
  expect(answer).toMatchObject({ status: 400, body: { code: 'idempotency_key_required' } })
})

test.each([
  [{ slug: 'northwind' }, 'slug_taken'],
  [{ slug: 'n0rthwind' }, 'slug_taken'],
  [{ slug: 'north-wind' }, 'slug_taken'],
  [{ slug: 'adrnin' }, 'slug_taken'],
  [{ slug: 'No Slug' }, 'invalid_request'],
  [{ slug: 'fine', system: 'nothing' }, 'invalid_request'],
  [{ slug: 'fine', tier: 'nothing' }, 'invalid_request'],
  [{ slug: 'fine', timeZone: 'Mars/Olympus' }, 'invalid_request'],
  [{ slug: 'fine', status: 'active' }, 'invalid_request'],
])('[IIOT-2] a tenant that asks for %j is refused as %s', async (part, code) => {
  expect((await create({ name: 'N', system: 'shelf', ...part })).body.code).toBe(code)
})

test('two that ask for one slug at the same moment: one gets it', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => create({ slug: 'wanted', name: 'W', system: 'shelf' })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
  expect(answers.filter(({ status }) => status === 409).map(({ body }) => body.code)).toEqual([
    'slug_taken',
    'slug_taken',
    'slug_taken',
  ])
})

test('[IIOT-2] tenants are listed by status, tier and the beginning of slug or name, in pages', async () => {
  for (const slug of ['list-one', 'list-two', 'list-three'])
    await create({ slug, name: `Zeta ${slug}`, system: 'shelf', tier: 'large' })
  const three = await dashboard('GET', '/v1/tenants?search=list-&tier=large&status=active')
  expect(three.body.items.map(({ slug }: { slug: string }) => slug)).toEqual(['list-one', 'list-two', 'list-three'])
  const first = await dashboard('GET', '/v1/tenants?search=list-&limit=2')
  const second = await dashboard('GET', `/v1/tenants?search=list-&limit=2&cursor=${first.body.nextCursor}`)
  expect([...first.body.items, ...second.body.items].map(({ slug }) => slug)).toEqual(['list-one', 'list-two', 'list-three'])
  expect(second.body.nextCursor).toBeNull()
  expect((await dashboard('GET', '/v1/tenants?search=zeta%20list-o')).body.items).toHaveLength(1)
  expect((await dashboard('GET', '/v1/tenants?search=list-&status=archived')).body.items).toEqual([])
  const mixed = await dashboard('GET', `/v1/tenants?search=other&cursor=${first.body.nextCursor}`)
  expect(mixed.body.code).toBe('invalid_cursor')
})

test('two operators who change one tenant: the second has to look again', async () => {
  const { body: tenant } = await create({ slug: 'edited', name: 'Before', system: 'shelf' })
  const path = `/v1/tenants/${tenant.id}`
  const read = await dashboard('GET', path)
  const etag = String(read.headers.etag)
  expect((await dashboard('PATCH', path, { body: { name: 'After' } })).status).toBe(428)
  expect((await dashboard('PATCH', path, { body: { name: 'After' }, headers: { 'if-match': etag } })).body.name).toBe('After')
  expect((await dashboard('PATCH', path, { body: { name: 'Late' }, headers: { 'if-match': etag } })).status).toBe(412)
})

test('a renamed tenant answers on its new host only, and nobody else gets the old slug', async () => {
  const renamed = await tenantWithKey(node)
  const path = `/v1/tenants/${renamed.tenant.id}`
  const slug = `${renamed.tenant.slug.slice(0, 12)}new`
  const answer = await dashboard('PATCH', path, { body: { slug }, headers: { 'if-match': '"v1"' } })
  expect(answer.body.slug).toBe(slug)
  expect((await node.call('GET', '/v1/shelf/racks', { host: renamed.host, key: renamed.key })).status).toBe(404)
  expect((await node.call('GET', '/v1/shelf/racks', { host: `${slug}.localhost`, key: renamed.key })).status).toBe(200)
  expect((await create({ slug: renamed.tenant.slug, name: 'Squatter', system: 'shelf' })).body.code).toBe('slug_taken')
})

test('a tenant goes only where its state leads, each step with its reason and in its history', async () => {
  const { body: tenant } = await create({ slug: 'lifecycle', name: 'L', system: 'shelf' })
  expect(await act(tenant.id, 'resume')).toMatchObject({
    status: 409,
    body: { code: 'lifecycle_conflict', allowed: ['suspend', 'archive', 'erase'] },
  })
  expect((await act(tenant.id, 'suspend', { reason: 'late', mode: 'read_only' })).body).toMatchObject({
    status: 'suspended',
    suspension: 'read_only',
  })
  expect((await act(tenant.id, 'archive', {})).status).toBe(400)
  expect((await act(tenant.id, 'archive', { reason: 'gone' })).body).toMatchObject({
    status: 'archived',
    suspension: null,
    statusReason: 'gone',
  })
  expect((await act(tenant.id, 'restore', { reason: 'back' })).body.status).toBe('active')
  const history = await node.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } }).run(
    sql<{
      status: string
      reason: string | null
      actorKind: string
    }>`select status, reason, actor_kind from tenantry.tenant_status_history order by at, id`,
  )
  expect(history.map(({ status, reason }) => [status, reason])).toEqual([
    ['active', null],
    ['suspended', 'late'],
    ['archived', 'gone'],
    ['active', 'back'],
  ])
  expect(new Set(history.map(({ actorKind }) => actorKind))).toEqual(new Set(['operator']))
  expect((await act('018f0000-0000-7000-8000-000000000404', 'suspend')).status).toBe(404)
})

test('[IIOT-2] erasing removes every row of the tenant, proves it, and touches nobody else', async () => {
  const gone = await tenantWithKey(node)
  const stays = await tenantWithKey(node)
  for (const { host, key } of [gone, stays]) {
    for (const name of ['one', 'two']) await node.call('POST', '/v1/shelf/racks', { host, key, body: { name } })
  }
  const ordered = await act(gone.tenant.id, 'erase', { reason: 'asked for by the customer' })
  expect(ordered.body).toMatchObject({ status: 'deleted' })
  expect(Date.parse(ordered.body.eraseAfter) - Date.now()).toBeGreaterThan(29 * 86_400_000)
  expect((await node.call('GET', '/v1/shelf/racks', { host: gone.host, key: gone.key })).status).toBe(404)
  await expect(eraseTenant(owner, gone.tenant.id)).rejects.toMatchObject({ code: 'lifecycle_conflict' })

  const before = await rowsOf(stays.tenant.id)
  const { counts } = await eraseTenant(owner, gone.tenant.id, { force: true })
  expect(counts).toMatchObject({ 'shelf.racks': 2, 'tenantry.tenants': 1, 'tenantry.api_keys': 1 })
  await sweepErased(owner)
  expect(await rowsOf(gone.tenant.id)).toEqual({})
  // What the background writes meanwhile, seals and positions of subscribers, is more and never less.
  const after = await rowsOf(stays.tenant.id)
  for (const [name, rows] of Object.entries(before)) expect(after[name], name).toBeGreaterThanOrEqual(rows)
  await node.tenantry.directory.catchUp()
  expect((await dashboard('GET', `/v1/tenants/${gone.tenant.id}`)).status).toBe(404)
  expect((await create({ slug: gone.tenant.slug, name: 'Next', system: 'shelf' })).body.code).toBe('slug_taken')
})

/** Looks as a superuser, whom no policy hides anything from, into every table with a tenant. */
async function rowsOf(tenantId: string): Promise<Record<string, number>> {
  const superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
  try {
    const { rows } = await superuser.query<{ name: string }>('select relation::text as name from tenantry.enrolment order by 1')
    const counts: Record<string, number> = {}
    for (const { name } of rows) {
      const answer = await superuser.query(`select count(*)::int as rows from ${name} where tenant_id = $1`, [tenantId])
      if (answer.rows[0].rows > 0) counts[name] = answer.rows[0].rows
    }
    return counts
  } finally {
    await superuser.end()
  }
}

test('nothing under legal hold is deleted or erased, forced or not', async () => {
  const { tenant } = await tenantWithKey(node)
  expect((await act(tenant.id, 'hold', { reason: 'litigation 7/26' })).body).toMatchObject({
    legalHold: true,
    legalHoldReason: 'litigation 7/26',
  })
  expect((await act(tenant.id, 'erase')).body.code).toBe('legal_hold')
  await expect(eraseTenant(owner, tenant.id, { force: true })).rejects.toMatchObject({ code: 'legal_hold' })
  expect((await act(tenant.id, 'release')).body.legalHold).toBe(false)
  expect((await act(tenant.id, 'erase')).body.status).toBe('deleted')
  expect((await act(tenant.id, 'restore', { reason: 'a mistake' })).body).toMatchObject({ status: 'active', eraseAfter: null })
})

test('the order to erase is work for the maintenance worker, due when the grace period ends', async () => {
  const { tenant } = await tenantWithKey(node)
  const { body } = await act(tenant.id, 'erase')
  const { rows } = await node.tenantry.directory.pool.query<{ due_at: Date }>(
    `select due_at from tenantry.work where tenant_id = $1 and kind = 'tenant.erase'`,
    [tenant.id],
  )
  expect(rows[0]?.due_at.toISOString()).toBe(new Date(body.eraseAfter).toISOString())
})

test('a tenant changes its own name and brand; its status, tier and slug are not its to change', async () => {
  const { host, key } = await tenantWithKey(node)
  const own = await node.call('GET', '/v1/tenants/current', { host, key })
  const etag = String(own.headers.etag)
  const brand = { displayName: 'Racks & Co', colours: { primary: '#112233' } }
  const changed = await node.call('PATCH', '/v1/tenants/current', {
    host,
    key,
    body: { name: 'Racks', brand },
    headers: { 'if-match': etag },
  })
  expect(changed).toMatchObject({ status: 200, body: { name: 'Racks', brand } })
  for (const field of ['status', 'tier', 'slug', 'id', 'features', 'tenantId']) {
    const refused = await node.call('PATCH', '/v1/tenants/current', {
      host,
      key,
      body: { [field]: 'x' },
      headers: { 'if-match': '"v2"' },
    })
    expect(refused.body.code).toBe('invalid_request')
  }
})

test('a limit agreed with one tenant counts at once', async () => {
  const { tenant, host, key } = await tenantWithKey(node)
  const path = `/v1/tenants/${tenant.id}/limits/racks`
  const headers = { 'tenantry-reason': 'agreed by phone' }
  expect((await dashboard('PUT', path, { body: { max: 1 }, headers })).body).toEqual({
    name: 'racks',
    max: 1,
    used: 0,
    available: 1,
    percentage: 0,
  })
  expect((await node.call('POST', '/v1/shelf/racks', { host, key, body: { name: 'a' } })).status).toBe(201)
  const over = await node.call('POST', '/v1/shelf/racks', { host, key, body: { name: 'b' } })
  expect(over).toMatchObject({ status: 429, body: { code: 'quota_exceeded', limit: 'racks' } })
  expect((await node.call('GET', '/v1/limits', { host, key })).body.items).toContainEqual({
    name: 'racks',
    max: 1,
    used: 1,
    available: 0,
    percentage: 100,
  })
  expect((await dashboard('PUT', `/v1/tenants/${tenant.id}/limits/nothing`, { body: { max: 1 }, headers })).status).toBe(404)
})
