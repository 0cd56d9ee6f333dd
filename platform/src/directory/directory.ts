import type { Pool } from 'pg'
import { problems } from '../problems/catalogue.ts'
import { ChangeFeed } from './change-feed.ts'
import type { Change } from './change-reader.ts'
import { DirectoryCache } from './directory-cache.ts'
import { type Ask, type HostEntry, loadHost, loadKey, loadOperatorKey, loadTenant } from './directory-queries.ts'
import type { KeyEntry, OperatorKeyEntry, TenantEntry } from './entries.ts'
import { type PeopleDirectory, peopleDirectory } from './people.ts'
import type { Membership } from './people-entries.ts'
import { listMemberships } from './people-queries.ts'

export interface DirectoryOptions {
  /** Of the directory role; its time-outs bound how long a look-up may take. */
  readonly pool: Pool
  /** The directory role's address, for the change feed's own connections. */
  readonly url: string
  readonly listenUrl?: string
  readonly onFailure?: (error: unknown) => void
  /** False behind a pooler that does not keep prepared statements. Default true. */
  readonly prepared?: boolean
  /** Most tenants, and most keys, kept in memory. */
  readonly size?: number
}

/** Found or not; at once when it is known, and as a promise when the database has to be asked. */
export type Lookup<Entry> = Entry | undefined | Promise<Entry | undefined>

/** Called when memory has no answer and the database would be asked: it may refuse by throwing, and nobody is asked then. */
export type BeforeAsking = () => void

/**
 * What every node knows of tenants, hosts, keys and people: at most a second old, or asked of the database, or `unavailable`.
 * It never answers from memory what it could not have heard the end of.
 */
export interface Directory extends PeopleDirectory {
  tenantById(id: string): Lookup<TenantEntry>
  tenantBySlug(slug: string, beforeAsking?: BeforeAsking): Lookup<TenantEntry>
  tenantByHost(host: string, beforeAsking?: BeforeAsking): Lookup<TenantEntry>
  /** Not found once revoked; an expired one is found, for the caller to judge by `clock()`. */
  key(publicId: string, beforeAsking?: BeforeAsking): Lookup<KeyEntry>
  /** Not found once revoked, or its operator disabled. */
  operatorKey(publicId: string, beforeAsking?: BeforeAsking): Lookup<OperatorKeyEntry>
  /** Every tenant of a person, asked anew each time: the one preferred last first, then the oldest membership. */
  membershipsOf(userId: string): Promise<Membership[]>
  /** Milliseconds since the epoch by the database's `tenantry.clock()`. */
  clock(): number
  isFresh(): boolean
  /** Seconds since the start of the last reading of what changed; above one this node is not fresh. */
  staleness(): number
  /** The oldest transaction at work at the last reading of what changed: what older ones changed is known here. */
  horizon(): bigint | undefined
  /** Tells of each change heard from now on; `reset` when some may have been missed. */
  follow(follower: DirectoryFollower): void
  /** Waits until this node knows what was committed before the call, for at most a second. Never rejects. */
  catchUp(): Promise<void>
  /** For writes and lists that cross tenants: the features' own query files use it, nobody else. */
  readonly pool: Pool
  close(): Promise<void>
}

export interface DirectoryFollower {
  readonly changes: (changes: readonly Change[]) => void
  readonly reset: () => void
}

/** Starts the change feed and waits for its first reading. */
export async function createDirectory(options: DirectoryOptions): Promise<Directory> {
  const { pool } = options
  const prepared = options.prepared ?? true
  const ask: Ask = async (name, text, values) =>
    (await pool.query({ ...(prepared ? { name } : {}), text, values: [...values] })).rows
  const size = options.size ?? 50_000
  const isFresh = () => feed.isFresh()
  const cache = <Entry extends object>(load: (key: string) => Promise<Entry | undefined>, idOf: (entry: Entry) => string) =>
    new DirectoryCache<Entry>({ size, isFresh, idOf, load: (key) => load(key).catch(refuse) })

  const tenantCache = (column: 'id' | 'slug') =>
    new DirectoryCache<TenantEntry>({
      size,
      isFresh,
      idOf: (tenant) => tenant.id,
      isCurrent: ({ entitledUntil }) => entitledUntil === undefined || feed.clock() < entitledUntil,
      load: (value) => loadTenant(ask, column, value).catch(refuse),
    })
  const tenants = tenantCache('id')
  const slugs = tenantCache('slug')
  const hosts = cache<HostEntry>(
    (host) => loadHost(ask, host),
    (host) => host.id,
  )
  const keys = cache(
    (publicId) => loadKey(ask, publicId),
    (key) => key.id,
  )
  const operatorKeys = cache(
    (publicId) => loadOperatorKey(ask, publicId),
    (key) => key.id,
  )
  const people = peopleDirectory(ask, cache)
  const followers: DirectoryFollower[] = []
  const all = [tenants, slugs, hosts, keys, operatorKeys, people]

  const feed = new ChangeFeed({
    url: options.url,
    prepared,
    ...(options.listenUrl === undefined ? {} : { listenUrl: options.listenUrl }),
    ...(options.onFailure === undefined ? {} : { onFailure: options.onFailure }),
    onReset: () => {
      for (const each of all) each.clear()
      for (const { reset } of followers) reset()
    },
    onChanges: (changes) => {
      const tenantIds = idsOf(changes, tenantKinds, 'tenantId')
      if (tenantIds.length > 0) for (const each of [tenants, slugs]) each.forget(tenantIds)
      const hostIds = idsOf(changes, ['tenantry.hosts'], 'objectId')
      if (hostIds.length > 0) hosts.forget(hostIds)
      const keyIds = idsOf(changes, ['tenantry.api_keys'], 'objectId')
      if (keyIds.length > 0) keys.forget(keyIds)
      if (changes.some((change) => operatorKinds.has(change.kind))) operatorKeys.clear()
      people.forget(changes)
      for (const follower of followers) follower.changes(changes)
    },
  })
  try {
    await firstReading(feed)
  } catch (error) {
    feed.close()
    throw error
  }

  const tenantOfHost = (host: HostEntry | undefined) => (host === undefined ? undefined : tenants.get(host.tenantId))
  return {
    ...people.lookups,
    pool,
    membershipsOf: (userId) => listMemberships(pool, userId).catch(refuse),
    tenantById: (id) => tenants.get(id),
    tenantBySlug: (slug, beforeAsking) => slugs.get(slug, beforeAsking),
    tenantByHost: (host, beforeAsking) => {
      const entry = hosts.get(host, beforeAsking)
      return entry instanceof Promise ? entry.then(tenantOfHost) : tenantOfHost(entry)
    },
    key: (publicId, beforeAsking) => keys.get(publicId, beforeAsking),
    operatorKey: (publicId, beforeAsking) => operatorKeys.get(publicId, beforeAsking),
    clock: () => feed.clock(),
    isFresh,
    staleness: () => feed.staleness(),
    horizon: () => feed.horizon(),
    follow: (follower) => void followers.push(follower),
    catchUp: () => feed.sync().catch(() => {}),
    close: async () => {
      feed.close()
      await pool.end()
    },
  }
}

/** Milliseconds that a start waits for a database that is there and slow. */
const startPatience = 15_000

/** A later reading that takes long is of no use to anybody; nothing is decided by the first one, so it may be tried again. */
async function firstReading(feed: ChangeFeed): Promise<void> {
  for (const deadline = performance.now() + startPatience; ; ) {
    try {
      return await feed.sync()
    } catch (error) {
      // With a code somebody has answered, and asking again changes nothing: no such server, a wrong password.
      if (performance.now() > deadline || (error instanceof Error && 'code' in error)) throw error
    }
  }
}

/** What a tenant's entry is made of. */
const tenantKinds = [
  'tenantry.tenants',
  'tenantry.limits',
  'tenantry.held_add_ons',
  'tenantry.overrides',
  'tenantry.address_lists',
]

/** Few and seldom changed: one change forgets them all, because an operator's change reaches several keys. */
const operatorKinds: ReadonlySet<string> = new Set(['tenantry.operators', 'tenantry.operator_keys'])

function idsOf(changes: readonly Change[], kinds: readonly string[], id: 'tenantId' | 'objectId'): string[] {
  return changes.flatMap((change) => (kinds.includes(change.kind) && change[id] !== undefined ? [change[id]] : []))
}

function refuse(cause: unknown): never {
  throw problems.unavailable('Who you are cannot be checked at this moment.', { retryAfter: 1 }, cause)
}
