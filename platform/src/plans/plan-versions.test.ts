import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { databaseWithSystems, operatorKey, startNode, type TestNode, tenantWithKey } from '../server/tenantry.test-support.ts'
import { defineSystem } from '../system.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { createPlanService } from './plans.ts'

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

const dashboard = (method: string, path: string, body?: object) =>
  node.call(method, path, {
    host: 'dashboard.localhost',
    key: operator,
    ...(body === undefined ? {} : { body }),
    headers: { 'tenantry-reason': 'a new price list', 'idempotency-key': randomUUID() },
  })
const roomy = { title: 'Roomy', features: ['scanning'], limits: { users: { max: null }, racks: { max: 50 } } }

/** A system of this name whose code declares one plan with so many mugs. */
const cupboard = (name: string, mugs: number) =>
  defineSystem({
    name,
    title: 'Cupboards',
    migrations: new URL('../server/test-system/none/', import.meta.url),
    permissions: {},
    roles: {},
    tiers: { only: { features: [], limits: { mugs } } },
  })
const versionsOf = async (system: string) =>
  (
    await owner.query(
      `select version, content #> '{limits,mugs,max}' as mugs from tenantry.plans where system = $1 order by version`,
      [system],
    )
  ).rows

test('an operator publishes a version: who is new gets it, who has the old one keeps it until he is moved', async () => {
  const before = await tenantWithKey(node, { tier: 'small' })
  const content = { ...roomy, values: { support: 'mail' } }
  const published = await dashboard('POST', '/v1/systems/shelf/plans/small', content)
  expect(published).toMatchObject({
    status: 201,
    body: { key: 'small', version: 2, soldAt: null, content: { limits: { racks: { max: 50 } } } },
  })

  const racks = async ({ host, key }: { host: string; key: string }) =>
    (await node.call('GET', '/v1/entitlements/racks', { host, key })).body
  expect(await racks(before)).toMatchObject({ value: 3, rules: [{ source: 'small', version: 1 }] })
  const after = await tenantWithKey(node, { tier: 'small' })
  expect(await racks(after)).toMatchObject({ value: 50, rules: [{ version: 2 }] })

  const moved = await dashboard('PUT', `/v1/tenants/${before.tenant.id}/plan`, { plan: 'small' })
  expect(moved).toMatchObject({ status: 200, body: { plan: 'small', version: 2 } })
  expect(await racks(before)).toMatchObject({ value: 50 })
  const back = await dashboard('PUT', `/v1/tenants/${before.tenant.id}/plan`, { plan: 'small', version: 1 })
  expect(back.body).toEqual({ plan: 'small', version: 1 })
  expect(await racks(before)).toMatchObject({ value: 3 })

  const { body } = await dashboard('GET', '/v1/systems/shelf/plans')
  const small = body.plans.filter(({ key }: { key: string }) => key === 'small')
  expect(small).toMatchObject([
    { version: 2, soldAt: expect.stringMatching(/Z$/) },
    { version: 1, soldAt: expect.any(String) },
  ])
})

test('what a table counts cannot be sold by the month: the insert knows no period', async () => {
  const limits = { racks: { max: 5, kind: 'metered', period: 'month' } }
  const refused = await dashboard('POST', '/v1/systems/shelf/plans/small', { title: 'Small', features: [], limits })
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect(refused.body.errors).toEqual([expect.objectContaining({ pointer: '/limits/racks/kind' })])
})

test('a version that somebody has can be neither changed nor deleted, not even by the owner of the database', async () => {
  await tenantWithKey(node, { tier: 'large' })
  const large = `where system = 'shelf' and kind = 'plan' and key = 'large' and version = 1`
  await expect(owner.query(`update tenantry.plans set content = '{"features": []}' ${large}`)).rejects.toThrow(
    /does not change any more/,
  )
  await expect(owner.query(`update tenantry.plans set sold_at = null ${large}`)).rejects.toThrow(/does not change any more/)
  await expect(owner.query(`delete from tenantry.plans ${large}`)).rejects.toThrow(/does not change any more/)
})

test('what code declares is published once: again by a restart or an older server, it makes no version; a change makes the next', async () => {
  const publish = (mugs: number) =>
    createPlanService({ directory: node.tenantry.directory, systems: [cupboard('cupboard', mugs)] }).publishDeclared()
  await publish(4)
  await publish(4)
  expect(await versionsOf('cupboard')).toEqual([{ version: 1, mugs: 4 }])
  await publish(6)
  await publish(4)
  expect(await versionsOf('cupboard')).toEqual([
    { version: 1, mugs: 4 },
    { version: 2, mugs: 6 },
  ])
})

test('servers that start at one moment publish one version', async () => {
  const starting = Array.from({ length: 8 }, () =>
    createPlanService({ directory: node.tenantry.directory, systems: [cupboard('pantry', 9)] }).publishDeclared(),
  )
  await Promise.all(starting)
  expect(await versionsOf('pantry')).toEqual([{ version: 1, mugs: 9 }])
})

test('code that declares what cannot be sold stops the start, and says where', async () => {
  const wrong = cupboard('wrong', -1)
  const { directory } = node.tenantry
  await expect(createPlanService({ directory, systems: [wrong] }).publishDeclared()).rejects.toThrow(/wrong, plan only.*mugs/s)
  expect(await versionsOf('wrong')).toEqual([])
})

test.each([
  ['a metered limit without a period', { ...roomy, limits: { calls: { max: 1, kind: 'metered' } } }],
  ['a counted limit with one', { ...roomy, limits: { racks: { max: 1, period: 'month' } } }],
  ['calls metered by the second', { ...roomy, limits: { calls: { max: 1, kind: 'metered', period: 'second' } } }],
  ['a name that stands for two things', { ...roomy, limits: { scanning: { max: 1 } } }],
  ['a negative limit', { ...roomy, limits: { racks: { max: -1 } } }],
  ['a price in fractions of a penny', { ...roomy, prices: { currency: 'GBP', monthly: 9.99 } }],
  ['a currency that is none', { ...roomy, prices: { currency: 'pounds', monthly: 999 } }],
  ['a trial without a day', { ...roomy, trialDays: 0 }],
  ['a field that there is not', { ...roomy, discount: 10 }],
])('%s is refused, and nothing is published', async (_what, content) => {
  expect(await dashboard('POST', '/v1/systems/shelf/plans/refused', content)).toMatchObject({
    status: 400,
    body: { code: 'invalid_request' },
  })
  const { body } = await dashboard('GET', '/v1/systems/shelf/plans')
  expect(body.plans.filter(({ key }: { key: string }) => key === 'refused')).toEqual([])
})

test('plans of a system that there is not are not found', async () => {
  expect((await dashboard('POST', '/v1/systems/nowhere/plans/small', roomy)).status).toBe(404)
  expect((await dashboard('GET', '/v1/systems/nowhere/plans')).status).toBe(404)
})

test('a published add-on can be given, and no plan of its name is made of it', async () => {
  const content = { title: 'Cellar', limits: { racks: { max: null } }, prices: { currency: 'GBP', once: 20_000 } }
  expect(await dashboard('POST', '/v1/systems/shelf/add-ons/cellar', content)).toMatchObject({
    status: 201,
    body: { kind: 'add_on', version: 1 },
  })
  const tenant = await tenantWithKey(node, { tier: 'large' })
  expect((await dashboard('PUT', `/v1/tenants/${tenant.tenant.id}/add-ons/cellar`, {})).status).toBe(200)
  const { host, key } = tenant
  expect((await node.call('GET', '/v1/entitlements/racks', { host, key })).body).toMatchObject({
    value: null,
    decidedBy: 'add_on',
  })
  expect((await dashboard('PUT', `/v1/tenants/${tenant.tenant.id}/plan`, { plan: 'cellar' })).status).toBe(400)
})

test('the resolver answers a scope about its own tenant alone, whatever id it is asked with', async () => {
  const [one, other] = await Promise.all([tenantWithKey(node), tenantWithKey(node)])
  const scope = node.tenantry.scope({ tenantId: one.tenant.id, actor: { kind: 'system', id: one.tenant.id } })
  const about = (id: string) => scope.run(sql`select name from tenantry.entitlements(${id}::uuid, tenantry.clock())`)
  expect(await about(one.tenant.id)).not.toEqual([])
  expect(await about(other.tenant.id)).toEqual([])
})
