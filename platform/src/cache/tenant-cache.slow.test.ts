import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { databaseWithSystems, startNode, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { redisMissing, type TestRedis, testRedis } from '../testing/test-redis.ts'

const actor = { kind: 'system', id: '018f0000-0000-7000-8000-0000000000ca' } as const
const word = z.string()
const minute = { seconds: 60 }

let database: TestDatabase
beforeAll(async () => {
  database = await databaseWithSystems()
})
afterAll(() => database?.drop())

const scopeOf = (node: TestNode, { tenant }: TestTenant, reach: 'all' | 'granted' = 'all') =>
  node.tenantry.scope({ tenantId: tenant.id, actor, reach })
const open = (node: TestNode, scope: TenantScope) => node.tenantry.services.cache.of(scope)

/** What is heard within a second is heard now. */
const hear = (...nodes: TestNode[]) => Promise.all(nodes.map((node) => node.tenantry.directory.catchUp()))

if (redisMissing !== undefined) console.warn(redisMissing)

describe.each([
  { where: 'in the process', onRedis: false },
  { where: 'on Redis', onRedis: true },
])('[CRM-4] [SEC-16] $where', ({ onRedis }) => {
  const skip = onRedis && redisMissing !== undefined
  let redis: TestRedis | undefined
  let node: TestNode
  let first: TestTenant
  let second: TestTenant

  beforeAll(async () => {
    if (skip) return
    redis = onRedis ? await testRedis() : undefined
    node = await startNode(database, redis === undefined ? {} : { redisUrl: redis.url, redisTimeout: 5_000 })
    first = await tenantWithKey(node)
    second = await tenantWithKey(node)
    await vi.waitFor(async () => expect(await kept(scopeOf(node, first), 'ready')).toBe(true), { timeout: 30_000 })
  })
  afterAll(async () => {
    await node?.tenantry.close()
    await redis?.stop()
  })

  async function kept(scope: TenantScope, key: string): Promise<boolean> {
    await open(node, scope).set(key, key, minute)
    return (await open(node, scope).get(key, word)) === key
  }

  test.skipIf(skip)('one tenant never gets what another put there under the same key', async () => {
    for (const key of ['report', '*', `${second.tenant.id}:report`, '{}', '\n']) {
      await open(node, scopeOf(node, first)).set(key, 'of the first', minute)
      expect(await open(node, scopeOf(node, second)).get(key, word)).toBeUndefined()
      expect(await open(node, scopeOf(node, first)).get(key, word)).toBe('of the first')
    }
  })

  test.skipIf(skip)('a key, a tag, or the whole tenant is outdated at once, and the neighbour keeps his', async () => {
    const [mine, other] = [scopeOf(node, await tenantWithKey(node)), scopeOf(node, second)]
    const fill = async (scope: TenantScope) => {
      const cache = open(node, scope)
      await cache.set('plain', 'plain', minute)
      await cache.set('tagged', 'tagged', { seconds: 60, tags: ['reports'] })
      await cache.set('both', 'both', { seconds: 60, tags: ['reports', 'people'] })
    }
    const all = async (scope: TenantScope) => {
      const found = await Promise.all(['plain', 'tagged', 'both'].map((key) => open(node, scope).get(key, word)))
      return found.filter((value) => value !== undefined)
    }
    await fill(mine)
    await fill(other)
    await open(node, mine).invalidate({ keys: ['plain'] })
    expect(await all(mine)).toEqual(['tagged', 'both'])
    await open(node, mine).invalidate({ tags: ['people'] })
    expect(await all(mine)).toEqual(['tagged'])
    // While somebody's transaction is older than the change, nothing dated by it is believed.
    await vi.waitFor(
      async () => {
        await fill(mine)
        expect(await all(mine)).toEqual(['plain', 'tagged', 'both'])
      },
      { timeout: 30_000, interval: 200 },
    )
    await open(node, mine).invalidateAll()
    expect(await all(mine)).toEqual([])
    expect(await all(other)).toEqual(['plain', 'tagged', 'both'])
  })

  test.skipIf(skip)('a change of a table of the directory outdates what was made of it', async () => {
    const scope = scopeOf(node, first)
    const lasting = { seconds: 60, tags: ['tenantry.api_keys'] }
    const count = async () => {
      const row = await scope.first(sql<{ keys: number }>`select count(*)::int as keys from tenantry.api_keys`)
      return row?.keys ?? 0
    }
    const cached = () => open(node, scope).remember('keys', z.int(), lasting, count)
    expect(await cached()).toBe(1)
    const body = { name: 'another', permissions: ['tenant:read'] }
    expect((await node.call('POST', '/v1/keys', { host: first.host, key: first.key, body })).status).toBe(201)
    await hear(node)
    expect(await cached()).toBe(2)
  })

  test.skipIf(skip)('an answer is kept for its time and no longer', async () => {
    const scope = scopeOf(node, first)
    await open(node, scope).set('brief', 'brief', { seconds: 0.05 })
    await expect.poll(() => open(node, scope).get('brief', word)).toBeUndefined()
    await expect(open(node, scope).set('long', 'long', { seconds: 3_601 })).rejects.toThrow(RangeError)
    await expect(open(node, scope).set('', 'nameless', minute)).rejects.toThrow(RangeError)
  })

  test.skipIf(skip)('what was read before a change is not kept as if it were read after it', async () => {
    const scope = scopeOf(node, first)
    const before = open(node, scope)
    await open(node, scope).invalidate({ tags: ['late'] })
    await before.set('late', 'read before', { seconds: 60, tags: ['late'] })
    expect(await open(node, scope).get('late', word)).toBeUndefined()
  })

  test.skipIf(skip)('a transaction that is rolled back leaves nothing, nor does it outdate anything', async () => {
    const scope = scopeOf(node, await tenantWithKey(node))
    await open(node, scope).set('stays', 'stays', minute)
    const undone = scope.transaction(async (inner) => {
      await open(node, inner).invalidateAll()
      await open(node, inner).set('phantom', 'phantom', minute)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    await hear(node)
    expect(await open(node, scope).get('phantom', word)).toBeUndefined()
    expect(await open(node, scope).get('stays', word)).toBe('stays')
  })

  test.skipIf(skip)('a limited actor neither finds nor leaves anything', async () => {
    await open(node, scopeOf(node, first)).set('whole', 'whole', minute)
    const limited = scopeOf(node, first, 'granted')
    expect(await open(node, limited).get('whole', word)).toBeUndefined()
    await open(node, limited).set('part', 'part', minute)
    expect(await open(node, scopeOf(node, first)).get('part', word)).toBeUndefined()
  })

  test.skipIf(skip)('what has another shape than asked for is worked out anew', async () => {
    const scope = scopeOf(node, await tenantWithKey(node))
    await open(node, scope).set('shape', { old: true }, minute)
    expect(await open(node, scope).remember('shape', word, minute, async () => 'new')).toBe('new')
    expect(await open(node, scope).get('shape', word)).toBe('new')
  })
})
