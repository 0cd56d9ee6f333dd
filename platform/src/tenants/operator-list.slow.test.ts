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
let operator: string
let made: TestTenant[]

const slugs = ['anchor-yard', 'boat-yard', 'crane-works', 'dock-yard-east'] as const

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
  operator = await operatorKey(node)
  made = []
  for (const slug of slugs) made.push(await tenantWithKey(node, { slug }))
}, 120_000)
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const ask = (path: string, headers: Record<string, string> = {}, key = operator, method = 'GET', body?: unknown) =>
  node.call(method, path, { host: 'dashboard.localhost', key, headers: { 'tenantry-reason': 'A test', ...headers }, body })
const slugsOf = async (query: string) => {
  const answer = await ask(`/v1/tenants?${query}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.body.items.map(({ slug }: { slug: string }) => slug)
}

test('operators find a tenant by any part of its slug or name, and sort what they find', async () => {
  expect(await slugsOf('search=YARD')).toEqual(['anchor-yard', 'boat-yard', 'dock-yard-east'])
  expect(await slugsOf('sort=-name')).toEqual([...slugs].reverse())
  expect(await slugsOf('sort=-created&limit=2')).toEqual(['dock-yard-east', 'crane-works'])
  expect((await ask('/v1/tenants/count?search=yard')).body).toEqual({ tenants: 3 })
  expect((await ask('/v1/tenants?sort=members')).status).toBe(400)
})

test.each(['created', '-created', 'name', '-name', 'slug', '-slug', 'health', '-health'])(
  'pages sorted by %s have every tenant once',
  async (sort) => {
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const { body } = await ask(`/v1/tenants?sort=${sort}&limit=1${cursor}`)
      seen.push(...body.items.map(({ slug }: { slug: string }) => slug))
      if (body.nextCursor === null) break
      expect((await ask(`/v1/tenants?sort=${sort}&limit=1&status=active&cursor=${body.nextCursor}`)).body.code).toBe(
        'invalid_cursor',
      )
      cursor = `&cursor=${body.nextCursor}`
    }
    expect(seen.toSorted()).toEqual([...slugs])
  },
)

test('a cursor with a character that the database does not know is no cursor', async () => {
  const { body } = await ask('/v1/tenants?sort=name&limit=1')
  const cursor = JSON.parse(Buffer.from(body.nextCursor, 'base64url').toString())
  const other = Buffer.from(JSON.stringify({ ...cursor, values: ['\0'] })).toString('base64url')
  expect(await ask(`/v1/tenants?sort=name&limit=1&cursor=${other}`)).toMatchObject({
    status: 400,
    body: { code: 'invalid_cursor' },
  })
})

test('how a tenant fares is in the list while it is active, can be asked for, and comes worst first', async () => {
  const [, boat, crane] = made as [TestTenant, TestTenant, TestTenant]
  for (const [tenant, state] of [
    [boat, 'critical'],
    [crane, 'warning'],
  ] as const) {
    const scope = node.tenantry.scope({ tenantId: tenant.tenant.id, actor: { kind: 'system', id: tenant.tenant.id } })
    await scope.run(sql`insert into tenantry.tenant_health (state, codes, reasons, activity) values (${state}, '{}', '[]', '{}')
      on conflict (tenant_id) do update set state = excluded.state`)
  }
  expect((await slugsOf('sort=-health')).slice(0, 2)).toEqual(['boat-yard', 'crane-works'])
  expect(await slugsOf('health=critical')).toEqual(['boat-yard'])
  const suspended = await node.tenantry.services.tenants.move(
    boat.tenant.id,
    'suspend',
    { reason: 'A test' },
    { actor: { kind: 'system', id: boat.tenant.id } },
  )
  expect(suspended.status).toBe('suspended')
  expect(await slugsOf('health=critical')).toEqual([])
  const { body } = await ask('/v1/tenants?search=boat')
  expect(body.items).toEqual([
    expect.objectContaining({
      slug: 'boat-yard',
      status: 'suspended',
      suspension: 'blocked',
      health: null,
      createdAt: expect.any(String),
    }),
  ])
})

test('the list is CSV for whoever asks for it: all that match, in the order asked for', async () => {
  const { headers, text } = await ask('/v1/tenants?sort=-slug&limit=1', { accept: 'text/csv' })
  expect(headers['content-type']).toBe('text/csv; charset=utf-8')
  const [head, ...lines] = text.trim().split('\n')
  expect(head).toBe('id,slug,name,system,tier,status,suspension,health,createdAt')
  expect(lines.map((line) => line.split(',')[1])).toEqual([...slugs].reverse())
})

test('numbers can be had of the tenants on a page alone', async () => {
  const ids = made.slice(0, 2).map(({ tenant }) => tenant.id)
  const { body } = await ask(`/v1/tenants/stats?ids=${ids.join(',')}`)
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual(ids)
  expect(body.items[0].numbers).toMatchObject({ members: 0, keys: 1 })
  expect((await ask('/v1/tenants/stats?ids=nobody')).status).toBe(400)
})

test('[BMS-9] the limit of which a tenant has used most comes with its numbers, and is asked of no tenant anew while they are fresh', async () => {
  const full = await tenantWithKey(node)
  const scope = node.tenantry.scope({ tenantId: full.tenant.id, actor: { kind: 'system', id: full.tenant.id } })
  const fullest = async () => (await ask(`/v1/tenants/stats?ids=${full.tenant.id}`)).body.items[0].fullest
  await node.tenantry.services.limits.set(scope, 'racks', 4)
  await scope.run(sql`insert into shelf.racks (name) values ('one'), ('two'), ('three')`)
  expect(await fullest()).toEqual({ meter: 'racks', used: 3, max: 4, period: null })
  // For a quarter of an hour it is read from what was laid down, as all numbers are.
  await scope.run(sql`insert into shelf.racks (name) values ('four')`)
  expect(await fullest()).toMatchObject({ used: 3 })
  await node.tenantry.services.tenantStats.recount(full.tenant.id)
  expect(await fullest()).toMatchObject({ used: 4 })
})

test('[SEC-10] an operator makes a key in a tenant with a reason, which is shown once, and revokes it: both are in its audit', async () => {
  const { tenant, host, key } = made[0] as TestTenant
  const path = `/v1/tenants/${tenant.id}`
  const roles = (await ask(`${path}/roles`)).body
  expect(roles.builtIn.map(({ name }: { name: string }) => name)).toContain('owner')
  const permission = roles.permissions.find(({ name }: { name: string }) => name === 'tenant:read')
  expect(permission).toEqual({ name: 'tenant:read', description: expect.any(String) })
  const body = { name: 'By the operator', permissions: ['tenant:read'] }
  const bare = { host: 'dashboard.localhost', key: operator, body }
  expect(await node.call('POST', `${path}/keys`, bare)).toMatchObject({ body: { code: 'reason_required' } })
  const { status, body: made1 } = await ask(`${path}/keys`, { 'tenantry-reason': 'They lost it' }, operator, 'POST', body)
  expect(status).toBe(201)
  const use = () => node.call('GET', '/v1/tenants/current', { host, key: made1.credential })
  expect((await use()).status).toBe(200)
  const revoke = (id: string, at = path) =>
    ask(`${at}/keys/${id}`, { 'tenantry-reason': 'It was found again' }, operator, 'DELETE')
  // Only in the tenant that is named.
  expect((await revoke(made1.id, `/v1/tenants/${made[1]?.tenant.id}`)).status).toBe(404)
  expect((await use()).status).toBe(200)
  expect((await revoke(made1.id)).status).toBe(204)
  await expect.poll(async () => (await use()).status, { timeout: 3_000 }).toBe(401)
  const entered = (await node.call('GET', '/v1/audit?action=platform.tenant.entered&limit=200', { host, key })).body.items
  const told = entered.map(({ actorKind, after }: { actorKind: string; after: object }) => ({ actorKind, ...after }))
  expect(told).toContainEqual({ actorKind: 'operator', reason: 'They lost it', operation: 'createTenantKey' })
  expect(told).toContainEqual({ actorKind: 'operator', reason: 'It was found again', operation: 'revokeTenantKey' })
})

test("[SEC-10] an operator reads a tenant's keys, logs, domains and usage, each with a reason that the tenant reads", async () => {
  const { tenant, host, key } = made[0] as TestTenant
  const path = `/v1/tenants/${tenant.id}`
  const reads = ['keys', 'audit', 'access-log', 'domains', 'usage/daily', 'usage/history', 'usage/forecast']
  for (const read of reads) {
    const refused = await node.call('GET', `${path}/${read}`, { host: 'dashboard.localhost', key: operator })
    expect(refused.body, read).toMatchObject({ code: 'reason_required' })
    expect((await ask(`${path}/${read}`, { 'tenantry-reason': `Ticket about ${read}` })).status, read).toBe(200)
  }
  const { body } = await node.call('GET', '/v1/audit?action=platform.tenant.entered&limit=200', { host, key })
  const reasons = body.items.map(({ after }: { after: { reason: string } }) => after.reason)
  expect(reasons).toEqual(expect.arrayContaining(reads.map((read) => `Ticket about ${read}`)))
  const csv = await ask(`${path}/audit`, { accept: 'text/csv' })
  expect(csv.text).toMatch(/^id,at,actorKind/)
})

test('[SEC-11] views that an operator saved are his own, one to a name', async () => {
  const other = await operatorKey(node)
  const save = (query: string, key = operator) =>
    ask('/v1/saved-views', {}, key, 'POST', { page: 'tenants', name: 'In trouble', query })
  const { body } = await save('health=warning')
  await save('health=critical')
  await save('status=suspended', other)
  const listed = await ask('/v1/saved-views?page=tenants')
  expect(listed.body.items).toEqual([{ ...body, query: 'health=critical' }])
  expect((await ask('/v1/saved-views?page=plans')).body.items).toEqual([])
  expect((await ask(`/v1/saved-views/${body.id}`, {}, other, 'DELETE')).status).toBe(404)
  expect((await ask(`/v1/saved-views/${body.id}`, {}, operator, 'DELETE')).status).toBe(204)
  expect((await ask('/v1/saved-views')).body.items).toEqual([])
})
