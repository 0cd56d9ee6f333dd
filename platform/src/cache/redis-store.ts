import { createHash } from 'node:crypto'
import { createClient } from '@redis/client'
import type { CacheStore } from './cache-store.ts'

export interface RedisStoreOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://`. */
  readonly url: string
  /** Milliseconds that a request waits for an answer. */
  readonly timeout: number
  /** Most bytes of one tenant. */
  readonly tenantBytes: number
  /** Told at most once a second. */
  readonly onFailure: (error: unknown) => void
}

/** Milliseconds without asking after a failure, so that a slow Redis slows down one request and not each. */
const rest = 1_000
/** Commands that may wait for an answer; beyond it they fail at once. */
const mostWaiting = 1_000

/**
 * On Redis, shared by the nodes. Each tenant has three keys of its own, so its budget is kept without looking at anybody
 * else's and without a scan. Unreachable, slow or emptied, it is an empty cache.
 */
export class RedisStore implements CacheStore {
  readonly #options: RedisStoreOptions
  readonly #client: ReturnType<typeof createClient>
  #restsUntil = 0

  /** Connects in the background: a server starts without its Redis, and uses it once it is there. */
  constructor(options: RedisStoreOptions) {
    this.#options = options
    this.#client = createClient({
      url: options.url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: mostWaiting,
      pingInterval: 5_000,
      socket: { connectTimeout: 2_000, reconnectStrategy: (tries) => Math.min(100 * (tries + 1), 2_000) },
    })
    this.#client.on('error', (error: unknown) => this.#failed(error))
    this.#client.connect().catch((error: unknown) => this.#failed(error))
  }

  async get(tenantId: string, key: string): Promise<string | undefined> {
    return (await this.#ask(() => this.#client.hGet(keysOf(tenantId)[0], fieldOf(key)))) ?? undefined
  }

  async set(tenantId: string, key: string, text: string, seconds: number): Promise<void> {
    if (Buffer.byteLength(text) > this.#options.tenantBytes) return
    const values = [fieldOf(key), text, String(this.#options.tenantBytes), String(seconds)]
    await this.#ask(() => this.#client.eval(keepWithinBudget, { keys: keysOf(tenantId), arguments: values }))
  }

  async textsOf(tenantId: string): Promise<readonly string[]> {
    return (await this.#ask(() => this.#client.hVals(keysOf(tenantId)[0]))) ?? []
  }

  close(): void {
    this.#client.destroy()
  }

  async #ask<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (!this.#client.isReady || performance.now() < this.#restsUntil) return undefined
    const { timeout } = this.#options
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error(`Redis has not answered within ${timeout} ms`)), timeout)
    try {
      return await Promise.race([command(), late])
    } catch (error) {
      this.#failed(error)
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  #failed(error: unknown): void {
    const now = performance.now()
    if (now >= this.#restsUntil) this.#options.onFailure(error)
    this.#restsUntil = now + rest
  }
}

/** Values by field, fields by age, and the sum of bytes. The braces put them on one node of a Redis cluster. */
function keysOf(tenantId: string): [string, string, string] {
  const name = `tenantry:cache:{${tenantId}}`
  return [`${name}:values`, `${name}:ages`, `${name}:bytes`]
}

/** A digest, so that no text of a tenant's becomes part of a name in Redis. */
function fieldOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url')
}

/**
 * Keeps one value and lets the oldest of the tenant go until the budget holds. Where Redis evicted one of the three keys, the
 * sum means nothing any more and the tenant begins anew.
 */
const keepWithinBudget = `
local values, ages, bytes = KEYS[1], KEYS[2], KEYS[3]
local field, text, budget, seconds = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('exists', values, ages, bytes) < 3 then redis.call('unlink', values, ages, bytes) end
local sum = redis.call('incrby', bytes, #text - redis.call('hstrlen', values, field))
redis.call('hset', values, field, text)
local time = redis.call('time')
redis.call('zadd', ages, time[1] * 1000000 + time[2], field)
while sum > budget do
  local oldest = redis.call('zpopmin', ages)[1]
  sum = redis.call('decrby', bytes, redis.call('hstrlen', values, oldest))
  redis.call('hdel', values, oldest)
end
local left = redis.call('ttl', values)
local lasts = left > seconds and left or seconds
for _, key in ipairs(KEYS) do redis.call('expire', key, lasts) end
return sum
`
