import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
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
let north: TestTenant
let south: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const get = (path: string, key = north.key, headers = {}) => node.call('GET', path, { host: 'api.localhost', key, headers })
// biome-ignore lint/suspicious/noExplicitAny: items of any route
const actionsOf = (answer: { body: any }): string[] => answer.body.items.map((item: { action: string }) => item.action)

async function eventually<T>(look: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const value = await look()
    if (isRight(value) || attempt === 1_000) return value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('the database itself writes an entry when a tenant, a key or a resource changes, without the hash of a key', async () => {
  const created = await node.call('POST', '/v1/keys', {
    host: 'api.localhost',
    key: north.key,
    body: { name: 'reader', permissions: ['audit:read'] },
  })
  expect(created.status).toBe(201)
  const { body } = await get(`/v1/audit?objectId=${created.body.id}`)
  expect(body.items).toHaveLength(1)
  expect(body.items[0]).toMatchObject({
    action: 'tenantry.api_keys.created',
    objectType: 'tenantry.api_keys',
    actorKind: 'key',
    actorId: north.keyId,
    before: null,
    after: { name: 'reader', hash: '[redacted]' },
    address: '127.0.0.1',
  })
  expect(body.items[0].requestId).toBe(created.headers['x-request-id'])
  expect(actionsOf(await get('/v1/audit?action=tenantry.tenants.*'))).toContain('tenantry.tenants.created')
})

test('[SEC-5] entries come page by page, the newest first, none twice and none left out', async () => {
  const whole = (await get('/v1/audit?limit=200')).body.items
  const seen: string[] = []
  let cursor = ''
  for (;;) {
    const { body } = await get(`/v1/audit?limit=2${cursor}`)
    seen.push(...body.items.map((item: { id: string }) => item.id))
    if (body.nextCursor === null) break
    cursor = `&cursor=${body.nextCursor}`
  }
  expect(seen).toEqual(whole.map((item: { id: string }) => item.id))
  const times = whole.map((item: { at: string }) => item.at)
  expect(times).toEqual([...times].sort().reverse())
  const [newest] = whole
  expect((await get(`/v1/audit?to=${newest.at}`)).body.items).toHaveLength(whole.length - 1)
  expect((await get(`/v1/audit?from=${newest.at}`)).body.items).toHaveLength(1)
  expect((await get(`/v1/audit?actorId=${north.keyId}`)).body.items.length).toBeLessThan(whole.length)
})

test('[SEC-5] an entry says who did what to which thing, what it was before and is after, from where and with what', async () => {
  const { body: tenant } = await get('/v1/tenants/current')
  const headers = { 'if-match': `"v${tenant.version}"`, 'user-agent': 'curl/8.5' }
  const name = `${tenant.name} renamed`
  const changed = await node.call('PATCH', '/v1/tenants/current', {
    host: 'api.localhost',
    key: north.key,
    body: { name },
    headers,
  })
  expect(changed.status).toBe(200)
  expect(
    (await get(`/v1/audit?objectId=${north.tenant.id}&actorId=${north.keyId}&action=tenantry.tenants.*`)).body.items[0],
  ).toMatchObject({
    action: 'tenantry.tenants.updated',
    objectType: 'tenantry.tenants',
    objectId: north.tenant.id,
    actorKind: 'key',
    actorId: north.keyId,
    before: { name: tenant.name },
    after: { name },
    address: '127.0.0.1',
    userAgent: 'curl/8.5',
  })
})

test('[FIN-7] the database writes the log itself when configuration, users, keys or the subscription change, whoever does it', async () => {
  const tenantId = south.tenant.id
  const scope = node.tenantry.scope({
    tenantId,
    actor: { kind: 'system', id: tenantId },
    origin: { requestId: 'by-hand', address: '192.0.2.7' },
  })
  const [member] = await scope.run(sql<{ id: string }>`insert into tenantry.members (user_id, email, name)
    values (${tenantId}::uuid, 'mina@example.com', 'Mina') returning id`)
  await scope.batch(
    [
      sql`update tenantry.members set role = 'admin' where id = ${member?.id}::uuid`,
      sql`update tenantry.tenants set subscription_id = 'sub_1'`,
      sql`update tenantry.tenants set time_zone = 'Europe/Berlin'`,
      sql`delete from tenantry.members where id = ${member?.id}::uuid`,
      sql`select tenantry.record_audit('identity.sign_in.failed', 'identity.user', ${tenantId}::uuid, '{"reason": "password"}')`,
    ],
    { lane: 'write' },
  )
  const entries = (await get('/v1/audit?limit=200', south.key)).body.items.filter(
    ({ requestId }: { requestId: string }) => requestId === 'by-hand',
  )
  expect(
    entries
      .reverse()
      .map(({ action, before, after }: { action: string; before: object; after: object }) => [action, before, after]),
  ).toMatchObject([
    ['tenantry.members.created', null, { email: 'mina@example.com', role: 'viewer' }],
    ['tenantry.members.updated', { role: 'viewer' }, { role: 'admin' }],
    ['tenantry.tenants.updated', { subscription_id: null }, { subscription_id: 'sub_1' }],
    ['tenantry.period_rules.created', null, { time_zone: 'UTC' }],
    ['tenantry.period_rules.created', null, { time_zone: 'Europe/Berlin' }],
    ['tenantry.tenants.updated', { time_zone: 'UTC' }, { time_zone: 'Europe/Berlin' }],
    ['tenantry.members.deleted', { role: 'admin' }, null],
    ['identity.sign_in.failed', null, { reason: 'password' }],
  ])
  expect(new Set(entries.map(({ address }: { address: string }) => address))).toEqual(new Set(['192.0.2.7']))
})

test("a cursor of another query or of one's own making is refused", async () => {
  const { body } = await get('/v1/audit?limit=1')
  expect(await get(`/v1/access-log?limit=1&action=x.y&cursor=${body.nextCursor}`)).toMatchObject({ status: 400 })
  expect(await get('/v1/audit?cursor=bm90aGluZw')).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
})

test('[BMS-10] a read of a logged route is in the access log with key, object, action and time, committed with the read', async () => {
  const rack = await node.call('POST', '/v1/shelf/racks', { host: 'api.localhost', key: north.key, body: { name: 'logged' } })
  const read = await get(`/v1/shelf/racks/${rack.body.id}`)
  expect(read.status).toBe(200)
  const { body } = await get(`/v1/access-log?objectId=${rack.body.id}`)
  expect(body.items).toMatchObject([{ action: 'rack.read', actorKind: 'key', actorId: north.keyId, objectId: rack.body.id }])
  expect(body.items[0].requestId).toBe(read.headers['x-request-id'])
  expect(Date.parse(body.items[0].at)).toBeGreaterThan(Date.now() - 60_000)
})

test('[BMS-10] a read that is refused is in the access log too: for want of a permission, or because there is no such thing', async () => {
  const blind = await node.call('POST', '/v1/keys', {
    host: 'api.localhost',
    key: north.key,
    body: { name: 'blind', permissions: ['tenant:read'] },
  })
  const absent = '018f0000-0000-7000-8000-0000000000ff'
  expect(await get(`/v1/shelf/racks/${absent}`, blind.body.credential)).toMatchObject({ status: 403 })
  expect(await get(`/v1/shelf/racks/${absent}`)).toMatchObject({ status: 404 })
  const log = await eventually(
    () => get('/v1/access-log?action=rack.read.refused'),
    (answer) => answer.body.items.length === 2,
  )
  expect(log.body.items).toMatchObject([
    { actorId: north.keyId, objectId: absent },
    { actorId: blind.body.id, objectId: null },
  ])
})

test("[SEC-10] an operator's entry with its reason is in the tenant's own audit and access log", async () => {
  const key = await operatorKey(node)
  const answer = await node.call('PUT', `/v1/tenants/${north.tenant.id}/limits/racks`, {
    host: 'dashboard.localhost',
    key,
    body: { max: 30 },
    headers: { 'tenantry-reason': 'Ticket 4711' },
  })
  expect(answer.status).toBe(200)
  const { body } = await get('/v1/audit?action=platform.tenant.entered')
  expect(body.items).toMatchObject([{ actorKind: 'operator', after: { reason: 'Ticket 4711', operation: 'setTenantLimit' } }])
  expect((await get('/v1/access-log?action=platform.tenant.entered')).body.items).toHaveLength(1)
  expect((await get('/v1/audit?action=platform.tenant.entered', south.key)).body.items).toEqual([])
})

test('[SEC-5] all that match leave as CSV, without a formula that a spreadsheet would run', async () => {
  await node.call('POST', '/v1/shelf/racks', {
    host: 'api.localhost',
    key: north.key,
    body: { name: 'csv' },
    headers: { 'user-agent': '=cmd|calc' },
  })
  await get(`/v1/shelf/racks/${(await get('/v1/shelf/racks')).body.items[0].id}`, north.key, { 'user-agent': '=1+1' })
  const csv = await get('/v1/access-log', north.key, { accept: 'text/csv' })
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
  const lines = csv.text.trimEnd().split('\n')
  expect(lines[0]).toBe('id,at,actorKind,actorId,impersonator,action,objectId,requestId,address,userAgent')
  expect(lines.length - 1).toBe((await get('/v1/access-log?limit=200')).body.items.length)
  expect(csv.text).not.toMatch(/,=1/)
  const audit = await get('/v1/audit', north.key, { accept: 'text/csv' })
  expect(audit.text).toContain('""name"":""reader""')
})

test('the logs need the permission, and a reach over the whole tenant', async () => {
  const limited = await node.call('POST', '/v1/keys', {
    host: 'api.localhost',
    key: north.key,
    body: { name: 'limited', permissions: ['audit:read'], reach: 'granted' },
  })
  expect(await get('/v1/audit', limited.body.credential)).toMatchObject({ status: 403 })
})

test.each(['audit_entries', 'access_log'])(
  '[SEC-5] a server can neither insert into %s nor change or delete what is there',
  async (table) => {
    const client = new pg.Client({ connectionString: database.appUrl })
    await client.connect()
    try {
      await client.query(`select set_config('tenantry.tenant', $1, false)`, [north.tenant.id])
      expect((await client.query(`select count(*)::int as count from tenantry.${table}`)).rows[0].count).toBeGreaterThan(0)
      for (const statement of [
        `insert into tenantry.${table} select * from tenantry.${table} limit 1`,
        `update tenantry.${table} set action = 'nothing.happened'`,
        `delete from tenantry.${table}`,
        `truncate tenantry.${table}`,
      ]) {
        await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' })
      }
    } finally {
      await client.end()
    }
  },
)
