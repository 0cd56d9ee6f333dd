import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { masterKey } from '../identity/identity.test-support.ts'
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

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database, { masterKeys: [masterKey] })
  operator = await operatorKey(node)
}, 120_000)
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const order = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  node.call(method, path, {
    host: 'dashboard.localhost',
    key: operator,
    body,
    headers: { 'tenantry-reason': 'A test', ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}), ...headers },
  })
const bulk = (action: object, selection: object, more: object = {}) =>
  order('POST', '/v1/operations/bulk', { action, selection, reason: 'Unpaid since May', ...more })
const finished = async (id: string) => {
  await expect
    .poll(async () => (await order('GET', `/v1/operations/bulk/${id}`)).body.state, { timeout: 60_000, interval: 100 })
    .not.toBe('running')
  return (await order('GET', `/v1/operations/bulk/${id}`)).body
}
const resultsOf = async (id: string, query = '') => (await order('GET', `/v1/operations/bulk/${id}/results${query}`)).body.items
const idOf = ({ tenant }: TestTenant) => tenant.id
const tenants = (count: number, options = {}) => Promise.all(Array.from({ length: count }, () => tenantWithKey(node, options)))
const statusOf = async (id: string) => (await order('GET', `/v1/tenants/${id}`)).body.status
const auditOf = async (id: string, action: string) =>
  (await order('GET', `/v1/tenants/${id}/audit?action=${action}&limit=200`)).body.items

test('[SEC-11] many tenants are suspended in the background: a result for each, and its operator and reason in each audit', async () => {
  const chosen = await tenants(5)
  const [archived] = chosen as [TestTenant]
  await order('POST', `/v1/tenants/${archived.tenant.id}/archive`, { reason: 'Gone' })
  const begun = await bulk({ do: 'suspend', mode: 'read_only' }, { tenants: chosen.map(idOf) }, { expected: 5 })
  expect(begun, begun.text).toMatchObject({ status: 202, body: { tenants: 5, reason: 'Unpaid since May' } })
  expect(begun.headers.location).toBe(`/v1/operations/bulk/${begun.body.id}`)

  const { counts, operator: who, finishedAt } = await finished(begun.body.id)
  expect(counts).toEqual({ waiting: 0, done: 4, refused: 1, failed: 0, cancelled: 0, gone: 0 })
  expect(finishedAt).toEqual(expect.any(String))
  const results = await resultsOf(begun.body.id)
  expect(results.map(({ tenantId }: { tenantId: string }) => tenantId)).toEqual(chosen.map(idOf).sort())
  expect(results.find(({ state }: { state: string }) => state === 'refused')).toMatchObject({
    tenantId: archived.tenant.id,
    code: 'lifecycle_conflict',
    status: 'archived',
  })
  expect(await resultsOf(begun.body.id, '?state=refused')).toHaveLength(1)
  for (const { tenant, host, key } of chosen.slice(1)) {
    expect(await statusOf(tenant.id)).toBe('suspended')
    const entries = await auditOf(tenant.id, 'platform.tenant.entered')
    expect(entries).toContainEqual(
      expect.objectContaining({
        actorKind: 'operator',
        actorId: who.id,
        after: { reason: 'Unpaid since May', operation: 'bulk.suspend' },
      }),
    )
    expect((await node.call('GET', '/v1/tenants/current', { host, key })).status).toBe(200)
  }
  // What was suspended can be resumed: turns are taken in tenants that are not active too.
  const back = await finished((await bulk({ do: 'resume' }, { tenants: chosen.map(idOf) })).body.id)
  expect(back.counts).toMatchObject({ done: 4, refused: 1 })
  const listed = (await order('GET', '/v1/operations/bulk?limit=1')).body
  expect(listed.items).toEqual([back])
  expect((await order('GET', `/v1/operations/bulk?limit=1&cursor=${listed.nextCursor}`)).body.items[0].id).toBe(begun.body.id)
}, 120_000)

test('[SEC-11] a plan, and what is agreed beside it, come to all that the filter of the list shows', async () => {
  const chosen = await tenants(3, { tier: 'small' })
  const search = chosen[0]?.tenant.slug.slice(0, 12)
  const only = { filter: { search } }
  expect((await order('GET', `/v1/tenants/count?search=${search}`)).body).toEqual({ tenants: 1 })
  const refused = await bulk({ do: 'resume' }, only, { expected: 7 })
  expect(refused).toMatchObject({ status: 409, body: { code: 'conflict', tenants: 1 } })
  const limit = { do: 'put_override', kind: 'limit', name: 'racks', value: 7 }
  expect((await finished((await bulk(limit, only)).body.id)).counts).toMatchObject({ done: 1 })
  const [first] = chosen as [TestTenant]
  expect((await order('GET', `/v1/tenants/${first.tenant.id}/overrides`)).body.items).toMatchObject([
    { name: 'racks', value: 7, reason: 'Unpaid since May' },
  ])
  const plans = await order('GET', `/v1/tenants/${first.tenant.id}/entitlements`)
  const other = (await order('GET', '/v1/systems/shelf/plans')).body.plans.find(
    ({ key }: { key: string }) => key !== plans.body.plan.key,
  ).key
  const moved = await finished((await bulk({ do: 'assign_plan', plan: other }, { tenants: chosen.map(idOf) })).body.id)
  expect(moved.counts).toMatchObject({ done: 3 })
  for (const { tenant } of chosen) expect((await order('GET', `/v1/tenants/${tenant.id}`)).body.tier).toBe(other)
  const ended = await finished(
    (await bulk({ do: 'end_override', kind: 'limit', name: 'racks' }, { tenants: chosen.map(idOf) })).body.id,
  )
  expect(ended.counts).toMatchObject({ done: 1, refused: 2 })
}, 120_000)

test('[SEC-11] owners and admins of many tenants are told something, each once, and where nobody could read it the result says so', async () => {
  const [one, two, empty, blocked] = (await tenants(4)) as [TestTenant, TestTenant, TestTenant, TestTenant]
  const told = new Map<string, string>()
  for (const { tenant } of [one, two, blocked]) {
    const scope = node.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
    for (const role of ['owner', 'admin', 'manager'] as const) {
      const email = `${role}@${tenant.slug}.example`
      told.set(email, (await node.tenantry.services.members.add(scope, { email, name: role, role })).id)
    }
  }
  await order('POST', `/v1/tenants/${blocked.tenant.id}/suspend`, { reason: 'Unpaid', mode: 'blocked' })
  const notice = { do: 'notify', subject: 'Work on Sunday', message: 'From two to three\nnothing can be reached.' }
  const { id, counts } = await finished((await bulk(notice, { tenants: [one, two, empty, blocked].map(idOf) })).body.id)
  expect(counts).toMatchObject({ done: 2, refused: 2 })
  const refused = (await resultsOf(id, '?state=refused')) as { tenantId: string; code: string }[]
  expect(refused.map(({ tenantId }) => tenantId).sort()).toEqual([empty, blocked].map(idOf).sort())
  expect(refused.map(({ code }) => code)).toEqual(['conflict', 'conflict'])
  for (const { tenant } of [one, two]) {
    const scope = node.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
    const of = (role: string) =>
      node.tenantry.services.notifications.list(scope, told.get(`${role}@${tenant.slug}.example`) ?? '', {
        unread: true,
        after: undefined,
        limit: 10,
      })
    for (const role of ['owner', 'admin']) {
      await expect.poll(() => of(role), { timeout: 20_000 }).toHaveLength(1)
      expect(await of(role)).toMatchObject([{ kind: 'notice', title: notice.subject, text: notice.message }])
    }
    expect(await of('manager')).toEqual([])
    expect(await auditOf(tenant.id, 'platform.tenant.entered')).toContainEqual(
      expect.objectContaining({ after: { reason: 'Unpaid since May', operation: 'bulk.notify' } }),
    )
  }
  expect(await bulk({ do: 'notify', subject: '', message: 'x' }, { tenants: [one.tenant.id] })).toMatchObject({ status: 400 })
}, 120_000)

test('[SEC-11] each tenant has it once: whoever comes a second time, or after a killed process, changes nothing', async () => {
  const [one] = (await tenants(1)) as [TestTenant]
  const { id } = await finished((await bulk({ do: 'suspend' }, { tenants: [one.tenant.id] })).body.id).then(async (operation) => {
    // The mark of a process that was killed between its commit and the end of its turn.
    const scope = node.tenantry.scope({ tenantId: one.tenant.id, actor: { kind: 'system', id: one.tenant.id } })
    await scope.run(sql`select tenantry.schedule('bulk.apply', ${operation.id}::uuid, tenantry.clock())`, { lane: 'write' })
    return operation
  })
  const { bulk: service } = node.tenantry.services
  const { signal } = new AbortController()
  await order('POST', `/v1/tenants/${one.tenant.id}/resume`, { reason: 'Paid' })
  await Promise.all([1, 2, 3].map(() => service.apply(one.tenant.id, id, signal)))
  const marks = async () =>
    (await node.tenantry.directory.pool.query(`select from tenantry.work where kind = 'bulk.apply'`)).rowCount
  await expect.poll(marks, { timeout: 30_000 }).toBe(0)
  expect(await statusOf(one.tenant.id)).toBe('active')
  const entries = await auditOf(one.tenant.id, 'platform.tenant.entered')
  expect(entries.filter(({ after }: { after: { operation: string } }) => after.operation === 'bulk.suspend')).toHaveLength(1)
}, 120_000)

test('[SEC-11] a cancelled operation leaves those whose turn had not come as they are', async () => {
  const chosen = await tenants(2)
  const { services, directory } = node.tenantry
  const actor = (await order('GET', '/v1/operators')).body.items[0].id
  // As it is before the first turn: nothing of it is due yet.
  const id = randomUUID()
  await directory.pool.query('select tenantry.begin_bulk_operation($1, $2, $3, $4, $5, $6::uuid[])', [
    id,
    actor,
    { do: 'archive' },
    'A test',
    { named: 2 },
    chosen.map(idOf),
  ])
  const cancelled = await order('POST', `/v1/operations/bulk/${id}/cancel`)
  expect(cancelled.body).toMatchObject({ state: expect.stringMatching(/cancelled|done/), counts: { waiting: 0 } })
  const { counts } = (await order('GET', `/v1/operations/bulk/${id}`)).body
  for (const { tenant } of chosen) await services.bulk.apply(tenant.id, id, new AbortController().signal)
  expect((await order('GET', `/v1/operations/bulk/${id}`)).body.counts).toEqual(counts)
  const active = await Promise.all(chosen.map(async ({ tenant }) => (await statusOf(tenant.id)) === 'active'))
  expect(active.filter(Boolean)).toHaveLength(counts.cancelled)
}, 120_000)

test('[SEC-11] what a disabled operator ordered is done no more', async () => {
  const [one] = (await tenants(1)) as [TestTenant]
  const { services, directory } = node.tenantry
  const { id: operatorId } = await services.operators.create({ email: `${randomUUID()}@example.com`, name: 'Oscar' })
  await services.operators.disable(operatorId)
  const id = randomUUID()
  const values = [id, operatorId, { do: 'archive' }, 'A test', { named: 1 }, [one.tenant.id]]
  await directory.pool.query('select tenantry.begin_bulk_operation($1, $2, $3, $4, $5, $6::uuid[])', values)
  await services.bulk.apply(one.tenant.id, id, new AbortController().signal)
  expect((await order('GET', `/v1/operations/bulk/${id}`)).body).toMatchObject({ state: 'cancelled', counts: { cancelled: 1 } })
  expect(await statusOf(one.tenant.id)).toBe('active')
})

test('what makes no sense is refused at the start: strangers, nobody, other words', async () => {
  expect((await bulk({ do: 'suspend' }, { tenants: [randomUUID()] })).status).toBe(404)
  expect((await bulk({ do: 'suspend' }, { filter: { search: 'nobody is called so' } })).status).toBe(400)
  expect((await bulk({ do: 'erase' }, { filter: {} })).status).toBe(400)
  expect((await order('GET', `/v1/operations/bulk/${randomUUID()}`)).status).toBe(404)
  expect((await order('GET', `/v1/operations/bulk/${randomUUID()}/results`)).status).toBe(404)
  expect((await order('POST', `/v1/operations/bulk/${randomUUID()}/cancel`)).status).toBe(404)
})
