import type { Configuration } from '../configuration/configuration.ts'
import type { CacheStore } from './cache-store.ts'
import { MemoryStore } from './memory-store.ts'

type CacheConfiguration = Pick<Configuration, 'redisUrl' | 'redisTimeout' | 'cacheTenantBytes' | 'cacheBytes'>

/** On Redis where one is configured, otherwise in the process. `onFailure` is told at most once a second. */
export async function openCacheStore(
  configuration: CacheConfiguration,
  onFailure: (error: unknown) => void,
): Promise<CacheStore> {
  const { redisUrl: url, redisTimeout: timeout, cacheTenantBytes: tenantBytes, cacheBytes: bytes } = configuration
  if (url === undefined) return new MemoryStore({ tenantBytes, bytes })
  // Loaded where there is a Redis only: most of what it brings is commands that nobody calls.
  const { RedisStore } = await import('./redis-store.ts')
  return new RedisStore({ url, timeout, tenantBytes, onFailure })
}
