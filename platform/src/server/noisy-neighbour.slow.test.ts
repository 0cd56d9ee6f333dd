import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import {
  databaseWithSystems,
  operatorKey,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from './tenantry.test-support.ts'

let database: TestDatabase
let node: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const racks = '/v1/shelf/racks'
const actor = { kind: 'system', id: '018f0000-0000-7000-8000-0000000000cc' } as const

/** Does it over and over, so many at a time, until it is stopped. */
function flood(width: number, once: () => Promise<unknown>): () => Promise<number> {
  let stopped = false
  let done = 0
  const lanes = Array.from({ length: width }, async () => {
    while (!stopped) {
      // Refused at once, it would keep this process busy that has the server and the test in it, too.
      await once().catch(() => sleep(5))
      done += 1
    }
  })
  return async () => {
    stopped = true
    await Promise.all(lanes)
    return done
  }
}

const floods: readonly (readonly [string, (loud: TestTenant) => () => Promise<number>])[] = [
  ['asks without end', ({ host, key }) => flood(50, () => node.call('GET', racks, { host, key }))],
  [
    'reads heavily',
    ({ tenant }) => {
      const scope = node.tenantry.scope({ tenantId: tenant.id, actor })
      return flood(40, () => scope.run(sql`select pg_sleep(0.2)`, { lane: 'slow' }))
    },
  ],
  [
    'imports',
    ({ tenant }) => {
      const scope = node.tenantry.scope({ tenantId: tenant.id, actor })
      return flood(20, () => scope.run(sql`insert into shelf.racks (name) select 'imported' from generate_series(1, 500)`))
    },
  ],
]

test.each(floods)(
  '[CRM-13] while one tenant %s, a quiet one is served each time, and operators see who it is',
  async (_, begin) => {
    const [loud, quiet] = [await tenantWithKey(node, { tier: 'large' }), await tenantWithKey(node, { tier: 'large' })]
    const end = begin(loud)
    const statuses: number[] = []
    try {
      for (let n = 0; n < 15; n += 1) {
        const { host, key } = quiet
        statuses.push((await node.call('GET', racks, { host, key })).status)
        statuses.push((await node.call('POST', racks, { host, key, body: { name: 'rack' } })).status)
      }
    } finally {
      expect(await end()).toBeGreaterThan(0)
    }
    expect(statuses).toEqual(Array.from({ length: 15 }, () => [200, 201]).flat())

    const operator = await operatorKey(node)
    const top = async (by: string) =>
      (await node.call('GET', `/v1/operations/top-consumers?by=${by}&limit=100`, { host: 'dashboard.localhost', key: operator }))
        .body.items
    const ofLoud = (await top('database_time')).find(({ tenantId }: { tenantId: string }) => tenantId === loud.tenant.id)
    const ofQuiet = (await top('requests')).find(({ tenantId }: { tenantId: string }) => tenantId === quiet.tenant.id)
    expect(ofQuiet).toMatchObject({ slug: quiet.tenant.slug, refused: 0 })
    expect(ofQuiet.requests).toBeGreaterThanOrEqual(30)
    expect(ofLoud.databaseMilliseconds).toBeGreaterThan(ofQuiet.databaseMilliseconds)
  },
)

test('[CRM-13] who takes most of a node is for operators to know', async () => {
  const tenant = await tenantWithKey(node)
  const list = (host: string, key: string, query = '') => node.call('GET', `/v1/operations/top-consumers${query}`, { host, key })
  expect((await list(tenant.host, tenant.key)).status).toBe(404)
  expect((await list('dashboard.localhost', tenant.key)).status).toBe(404)
  const operator = await operatorKey(node)
  expect((await list('dashboard.localhost', operator, '?by=nothing')).status).toBe(400)
  expect((await list('dashboard.localhost', operator, '?limit=1')).body.items).toHaveLength(1)
})
