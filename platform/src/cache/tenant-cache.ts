import { z } from 'zod'
import type { Directory } from '../directory/directory.ts'
import { RootScope } from '../isolation/root-scope.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { CacheStore } from './cache-store.ts'
import { HeardChanges, markOf } from './heard-changes.ts'

/** Seconds; a node that starts does not believe what is older than itself, so longer would gain little. */
const longestLife = 3_600
const longestName = 200
const mostTags = 8

export interface CacheFor {
  /** Seconds, at most 3,600. */
  readonly seconds: number
  /**
   * What the value was made of, at most eight: the name of a table that the directory reads (`tenantry.members`), whose changes
   * outdate it by themselves, or a word of one's own for `invalidate`.
   */
  readonly tags?: readonly string[]
}

/**
 * Answers of one tenant that were worked out before. Whether one still holds is known from PostgreSQL and not from where it
 * lies: a change is heard of on every node within a second, and what may have been missed is worked out anew.
 *
 * Permissions, revocation and quotas never depend on it. Inside a transaction, and for who sees only a part of the tenant, nothing is kept or found.
 */
export interface TenantCache {
  /** Undefined for what is not there, no longer holds, or has not the shape of `schema`. */
  get<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined>
  /** Keeps a value of JSON that was read after this cache was opened, by `services.cache.of(scope)`. */
  set(key: string, value: unknown, lasting: CacheFor): Promise<void>
  /** What is kept, or else what `load` answers, kept from then on. */
  remember<T>(key: string, schema: z.ZodType<T>, lasting: CacheFor, load: () => Promise<T>): Promise<T>
  /** One statement in the scope: inside its transaction it counts once that has committed, on every node. */
  invalidate(what: { readonly keys?: readonly string[]; readonly tags?: readonly string[] }): Promise<void>
  /** Everything of the tenant at once, however much there is. */
  invalidateAll(): Promise<void>
}

export interface CacheStatistics {
  readonly hits: number
  readonly misses: number
}

export interface CacheService {
  /**
   * The cache of the scope's tenant. Open it before reading what is to be kept: an entry is dated with the opening.
   *
   * @example
   * const report = await services.cache.of(scope).remember('report', Report, { seconds: 60, tags: ['tenantry.members'] }, () => count(scope))
   */
  of(scope: TenantScope): TenantCache
  statistics(): CacheStatistics
  /** All that is kept of a tenant, believed or not, for the attack. */
  textsOf(tenantId: string): Promise<readonly string[]>
}

declare module '../http/route.ts' {
  interface Services {
    readonly cache: CacheService
  }
}

export interface CacheServiceOptions {
  readonly directory: Pick<Directory, 'isFresh' | 'clock' | 'horizon' | 'catchUp' | 'follow'>
  readonly store: CacheStore
}

const Entry = z.object({
  tenant: z.string(),
  key: z.string(),
  date: z.string().regex(/^\d+$/),
  until: z.number(),
  marks: z.array(z.string()),
  value: z.unknown(),
})

/** Every entry has it: changing it outdates all of them. */
const everything = '*'
const ofKey = (key: string) => `key:${key}`

export function createCacheService({ directory, store }: CacheServiceOptions): CacheService {
  const changes = new HeardChanges(directory.horizon())
  directory.follow({ changes: (heard) => changes.hear(heard), reset: () => changes.begin(directory.horizon()) })
  let hits = 0
  let misses = 0

  async function read(tenantId: string, key: string): Promise<unknown> {
    const text = await store.get(tenantId, key)
    if (text === undefined || !directory.isFresh()) return undefined
    const entry = parse(text)
    // Redis is shared: an entry that somebody moved there is nobody's.
    if (entry === undefined || entry.tenant !== tenantId || entry.key !== key) return undefined
    if (entry.until <= directory.clock()) return undefined
    return changes.believes(tenantId, BigInt(entry.date), entry.marks) ? entry.value : undefined
  }

  function open(scope: TenantScope): TenantCache {
    const { tenantId } = scope.context
    const date = directory.horizon()

    const cache: TenantCache = {
      async get(key, schema) {
        requireName(key)
        const found = schema.safeParse(await read(tenantId, key))
        if (found.success && found.data !== undefined) hits++
        else misses++
        return found.success ? found.data : undefined
      },

      async set(key, value, { seconds, tags = [] }) {
        requireName(key)
        for (const tag of tags) requireName(tag)
        if (tags.length > mostTags) throw new RangeError(`A cached value has at most ${mostTags} tags.`)
        if (!(seconds > 0 && seconds <= longestLife))
          throw new RangeError(`A value is cached for more than 0 and at most ${longestLife} seconds.`)
        if (date === undefined) return
        const marks = [everything, ofKey(key), ...tags].map(markOf)
        const until = directory.clock() + seconds * 1_000
        const text = JSON.stringify({ tenant: tenantId, key, date: String(date), until, marks, value })
        await store.set(tenantId, key, text, Math.ceil(seconds))
      },

      async remember(key, schema, lasting, load) {
        const known = await cache.get(key, schema)
        if (known !== undefined) return known
        const value = await load()
        await cache.set(key, value, lasting)
        return value
      },

      async invalidate({ keys = [], tags = [] }) {
        const outdated = [...keys.map(ofKey), ...tags]
        if (outdated.length === 0) return
        await scope.run(sql`select tenantry.outdate(${outdated}::text[])`, { lane: 'write' })
        await directory.catchUp()
      },

      invalidateAll: () => cache.invalidate({ tags: [everything] }),
    }
    return scope.context.reach === 'all' && scope instanceof RootScope ? cache : { ...cache, ...withoutKeeping }
  }

  return { of: open, statistics: () => ({ hits, misses }), textsOf: (tenantId) => store.textsOf(tenantId) }
}

/** What a limited actor may see changes with his grants, which no entry knows of; what a transaction reads may be rolled back. */
const withoutKeeping: Pick<TenantCache, 'get' | 'set' | 'remember'> = {
  get: async () => undefined,
  set: async () => {},
  remember: (_key, _schema, _lasting, load) => load(),
}

function parse(text: string): z.output<typeof Entry> | undefined {
  try {
    return Entry.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function requireName(name: string): void {
  if (name.length === 0 || name.length > longestName)
    throw new RangeError(`Keys and tags of the cache have 1 to ${longestName} characters.`)
}
