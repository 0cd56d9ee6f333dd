import type { Configuration } from '../configuration/configuration.ts'
import type { CacheStore } from './cache-store.ts'
import { MemoryStore } from './memory-store.ts'
import { RedisStore } from './redis-store.ts'

type CacheConfiguration = Pick<Configuration, 'redisUrl' | 'redisTimeout' | 'cacheTenantBytes' | 'cacheBytes'>

/** On Redis where one is configured, otherwise in the process. `onFailure` is told at most once a second. */
export function openCacheStore(configuration: CacheConfiguration, onFailure: (error: unknown) => void): CacheStore {
  const { redisUrl: url, redisTimeout: timeout, cacheTenantBytes: tenantBytes, cacheBytes: bytes } = configuration
  return url === undefined ? new MemoryStore({ tenantBytes, bytes }) : new RedisStore({ url, timeout, tenantBytes, onFailure })
}
