import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { databaseWithSystems, startNode, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { redisMissing, type TestRedis, testRedis } from '../testing/test-redis.ts'

if (redisMissing !== undefined) console.warn(redisMissing)

const word = z.string()
const minute = { seconds: 60 }
const tenantBytes = 20_000
const actor = { kind: 'system', id: '018f0000-0000-7000-8000-0000000000cb' } as const

describe.skipIf(redisMissing !== undefined)('two nodes and one Redis', () => {
  let database: TestDatabase
  let redis: TestRedis
  let one: TestNode
  let two: TestNode
  let north: TestTenant
  let south: TestTenant

  beforeAll(async () => {
    database = await databaseWithSystems()
    redis = await testRedis()
    one = await start()
    two = await start()
    north = await tenantWithKey(one)
    south = await tenantWithKey(one)
    await connected()
  })
  afterAll(async () => {
    await Promise.all([one?.tenantry.close(), two?.tenantry.close()])
    await redis?.stop()
    await database?.drop()
  })

  const start = () => startNode(database, { redisUrl: redis.url, redisTimeout: 2_000, cacheTenantBytes: tenantBytes })
  const cacheOf = (node: TestNode, { tenant } = north) =>
    node.tenantry.services.cache.of(node.tenantry.scope({ tenantId: tenant.id, actor }))
  const valuesOf = ({ tenant }: TestTenant) => `tenantry:cache:{${tenant.id}}:values`

  /** While somebody's transaction is older than a change, nothing dated by it is believed: a miss, and asked again. */
  const patiently = (work: () => Promise<void>) => vi.waitFor(work, { timeout: 40_000, interval: 200 })

  /** Both nodes use their Redis again: after a failure they leave it alone for a while. */
  async function connected(): Promise<void> {
    for (const node of [one, two])
      await patiently(async () => {
        await cacheOf(node).set('connected', 'yes', minute)
        expect(await cacheOf(node).get('connected', word)).toBe('yes')
      })
  }

  /** What must be right whatever Redis does: who may come in, how much is left, and the figures themselves. */
  async function expectRight(): Promise<void> {
    const guest = await tenantWithKey(one)
    const call = (node: TestNode, method: string, path: string, body?: unknown) =>
      node.call(method, path, { host: guest.host, key: guest.key, body })
    const racks = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        call(index % 2 === 0 ? one : two, 'POST', '/v1/shelf/racks', { name: `rack ${index}` }),
      ),
    )
    expect(racks.filter(({ status }) => status === 201)).toHaveLength(3)
    expect(racks.filter(({ status }) => status === 429)).toHaveLength(5)
    for (const node of [one, two]) {
      expect(await call(node, 'GET', '/v1/tenants/current/traffic')).toMatchObject({ status: 200, body: { hours: 24 } })
    }
    expect((await call(one, 'DELETE', `/v1/keys/${guest.keyId}`)).status).toBeLessThan(300)
    await two.tenantry.directory.catchUp()
    for (const node of [one, two]) expect((await call(node, 'GET', '/v1/shelf/racks')).status).toBe(401)
  }

  test('[CRM-4] what one node keeps the other finds, and what one outdates is outdated on both', async () => {
    await cacheOf(one).set('shared', 'shared', { seconds: 60, tags: ['shared things'] })
    expect(await cacheOf(two).get('shared', word)).toBe('shared')
    await cacheOf(two).invalidate({ tags: ['shared things'] })
    await one.tenantry.directory.catchUp()
    expect(await cacheOf(one).get('shared', word)).toBeUndefined()
    expect(await cacheOf(two).get('shared', word)).toBeUndefined()
  })

  test('[CRM-4] [SEC-16] an entry that somebody puts into the place of another tenant is not that tenant’s', async () => {
    await cacheOf(one, north).set('secret', 'of the north', minute)
    await redis.with((client) => client.copy(valuesOf(north), valuesOf(south), { REPLACE: true }))
    expect(await cacheOf(one, south).get('secret', word)).toBeUndefined()
    expect(await cacheOf(one, north).get('secret', word)).toBe('of the north')
  })

  test('[CRM-4] a tenant’s budget holds on Redis: its own oldest answers go, no other’s, and names hold no text of tenants', async () => {
    await cacheOf(one, south).set('only', 'only', minute)
    for (let index = 0; index < 60; index++) await cacheOf(one, north).set(`greedy ${index}`, 'x'.repeat(1_000), minute)
    expect(await cacheOf(one, south).get('only', word)).toBe('only')
    expect(await cacheOf(one, north).get('greedy 0', word)).toBeUndefined()
    expect(await cacheOf(one, north).get('greedy 59', word)).toHaveLength(1_000)
    await redis.with(async (client) => {
      const texts = await client.hVals(valuesOf(north))
      const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
      expect(bytes).toBeLessThanOrEqual(tenantBytes)
      expect(bytes).toBeGreaterThan(tenantBytes / 2)
      expect(Number(await client.get(valuesOf(north).replace('values', 'bytes')))).toBe(bytes)
      expect((await client.hKeys(valuesOf(north))).filter((field) => field.includes('greedy'))).toEqual([])
      for (const key of ['values', 'ages', 'bytes'])
        expect(await client.ttl(valuesOf(north).replace('values', key))).toBeGreaterThan(0)
    })
  })

  test('[CRM-4] where Redis evicted one of a tenant’s keys the tenant begins anew', async () => {
    for (const key of ['ages', 'bytes', 'values']) {
      await cacheOf(one).set('before', 'before', minute)
      await redis.with((client) => client.del(valuesOf(north).replace('values', key)))
      await cacheOf(one).set('after', 'after', minute)
      expect(await cacheOf(one).get('after', word)).toBe('after')
      const fields = await redis.with((client) => client.hLen(valuesOf(north)))
      expect(fields).toBe(1)
    }
  })

  test('[CRM-4] a node that has just started does not believe what is older than itself', async () => {
    await cacheOf(one).set('old', 'old', minute)
    const made = one.tenantry.directory.horizon() ?? 0n
    const body = { name: 'later', permissions: ['tenant:read'] }
    await patiently(async () => {
      await one.call('POST', '/v1/keys', { host: north.host, key: north.key, body })
      await one.tenantry.directory.catchUp()
      expect(one.tenantry.directory.horizon()).toBeGreaterThan(made)
    })
    const late = await start()
    try {
      await patiently(async () => {
        await cacheOf(late).set('ready', 'ready', minute)
        expect(await cacheOf(late).get('ready', word)).toBe('ready')
      })
      expect(await cacheOf(late).get('old', word)).toBeUndefined()
      expect(await cacheOf(one).get('old', word)).toBe('old')
    } finally {
      await late.tenantry.close()
    }
  })

  test('[CRM-4] Redis emptied: a miss, and filled again', async () => {
    await cacheOf(one).set('key', 'value', minute)
    await redis.with((client) => client.flushAll())
    expect(await cacheOf(two).remember('key', word, minute, async () => 'worked out anew')).toBe('worked out anew')
    expect(await cacheOf(one).get('key', word)).toBe('worked out anew')
    await expectRight()
  })

  test('[CRM-4] Redis that answers nothing costs no right answer, and what was outdated meanwhile is not believed afterwards', async () => {
    await cacheOf(one).set('frozen', 'old', minute)
    redis.freeze()
    try {
      await cacheOf(one).invalidate({ keys: ['frozen'] })
      for (let index = 0; index < 20; index++)
        expect(await cacheOf(two).remember(`frozen ${index}`, word, minute, async () => 'right')).toBe('right')
      await expectRight()
    } finally {
      redis.thaw()
    }
    await connected()
    for (const node of [one, two]) {
      await node.tenantry.directory.catchUp()
      expect(await cacheOf(node).get('frozen', word)).toBeUndefined()
    }
  })

  test('[CRM-4] Redis killed, and started with what it had saved long ago: what was outdated since stays outdated', async () => {
    const whole = { seconds: 60, tags: ['report'] }
    await cacheOf(one).set('report', 'as saved', whole)
    await redis.with((client) => client.sendCommand(['SAVE']))
    await cacheOf(one).invalidate({ tags: ['report'] })
    await patiently(async () => {
      await cacheOf(one).set('report', 'newer', whole)
      await two.tenantry.directory.catchUp()
      expect(await cacheOf(two).get('report', word)).toBe('newer')
    })
    const load = Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        cacheOf(index % 2 === 0 ? one : two).remember('load', word, minute, async () => 'right'),
      ),
    )
    await redis.kill()
    expect(new Set(await load)).toEqual(new Set(['right']))
    await expectRight()
    await redis.start()
    await connected()
    const saved = await redis.with((client) => client.hVals(valuesOf(north)))
    expect(saved.some((text) => text.includes('as saved'))).toBe(true)
    for (const node of [one, two]) expect(await cacheOf(node).get('report', word)).not.toBe('as saved')
  })

  test('[CRM-4] a server starts without its Redis, and uses it once it is there', async () => {
    await redis.kill()
    const alone = await start()
    try {
      expect(await cacheOf(alone).remember('alone', word, minute, async () => 'right')).toBe('right')
      expect(await cacheOf(alone).get('alone', word)).toBeUndefined()
      await redis.start()
      await patiently(async () => {
        await cacheOf(alone).set('alone', 'kept', minute)
        expect(await cacheOf(alone).get('alone', word)).toBe('kept')
      })
    } finally {
      await alone.tenantry.close()
    }
  })
})
