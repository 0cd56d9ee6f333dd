import { v7 as uuid7 } from 'uuid'
import { requireReachable } from '../access/address-lists.ts'
import { canonicalRanges } from '../access/address-range.ts'
import { permissionsOf } from '../access/platform-permissions.ts'
import type { Role } from '../access/principal.ts'
import type { Directory } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { Reach, TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import { requireGrantable } from './grantable.ts'
import type { Key, KeyChange, KeyRotation, NewKey } from './key.ts'
import { mintKey } from './key-format.ts'
import {
  changeKey,
  findKey,
  insertGrants,
  insertKey,
  listGrants,
  listKeys,
  liveKeysOf,
  replaceGrants,
  revokeKey,
  rotateKey,
} from './key-queries.ts'
import { lockPeople } from './lock-people.ts'

/** What somebody may hand on: nobody gives a key more than he has. */
export interface KeyCreator {
  readonly permissions: ReadonlySet<string>
  readonly reach: Reach
  /** Of a member, when he was last looked at: no key is made should it be another one by now. */
  readonly role?: Role
}

export interface MadeKey {
  readonly key: Key
  /** Shown this once. */
  readonly credential: string
}

export interface KeyService {
  /**
   * Makes a key; `credential` is the only time anybody sees it.
   *
   * @throws forbidden for a permission or reach that the creator does not have, not_found for a grant that is no object
   * of the tenant (or not the creator's to see), invalid_request
   */
  create(scope: TenantScope, key: NewKey, creator: KeyCreator): Promise<MadeKey>
  /**
   * Changes what a key is called, how often it may ask and where from; it acts at once.
   *
   * @throws not_found, conflict for a revoked key, forbidden for one that may more than the caller, would_lock_out for a key that
   * shuts itself out: `from` is where it asks from
   */
  change(scope: TenantScope, id: string, change: KeyChange, creator: KeyCreator, from?: string): Promise<Key>
  /**
   * A new key that may what the old one may; both work until the overlap is over. The new one is no older key's: revoking one
   * leaves the other.
   *
   * @throws not_found, conflict for a key that is over, forbidden for one that may more than the caller
   * @example const { credential } = await services.keys.rotate(scope, key.id, { overlap: 86_400 }, principal)
   */
  rotate(scope: TenantScope, id: string, rotation: KeyRotation, creator: KeyCreator): Promise<MadeKey>
  /** What an operator, or the first owner, may hand on: all there is. */
  everythingIn(tenant: TenantEntry): KeyCreator
  list(scope: TenantScope, page: { readonly after?: string | undefined; readonly limit: number }): Promise<Key[]>
  /** @throws not_found */
  read(scope: TenantScope, id: string): Promise<Key>
  /** Out on this node when the promise resolves, on all others within a second. @throws not_found */
  revoke(scope: TenantScope, id: string): Promise<Key>
  /** Keys that somebody made, himself or with a key of his, and that still work. */
  liveOf(scope: TenantScope, creatorId: string): Promise<Key[]>
  /** Inside the scope's transaction, if it is one. */
  revokeAll(scope: TenantScope, ids: readonly string[]): Promise<void>
  /** What a key with reach `granted` may reach. @throws not_found */
  grantsOf(scope: TenantScope, id: string): Promise<string[]>
  /**
   * Gives a key exactly these objects; it acts at once.
   *
   * @throws not_found for a key or an object that is not the caller's, forbidden for a key that may more than the caller,
   * invalid_request for a key that reaches everything anyway, conflict for one that is revoked
   */
  setGrants(scope: TenantScope, id: string, grants: readonly string[], creator: KeyCreator): Promise<string[]>
}

declare module '../http/route.ts' {
  interface Services {
    readonly keys: KeyService
  }
}

export interface KeyServiceOptions {
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
}

export function createKeyService({ directory, systems }: KeyServiceOptions): KeyService {
  const creators = new Map(
    systems.map((system): [string, KeyCreator] => [
      system.name,
      { permissions: new Set(permissionsOf(system).keys()), reach: 'all' },
    ]),
  )
  return {
    everythingIn: (tenant) => creators.get(tenant.system) ?? { permissions: new Set(), reach: 'granted' },

    async create(scope, key, creator) {
      const grants = [...new Set(key.grants ?? [])]
      refuseMoreThanOwn(key, creator)
      refuseContradictions(key, grants, directory.clock())
      await requireGrantable(scope, grants)
      const minted = mintKey('tenant')
      const id = uuid7()
      const bound = { ...key, allowedAddresses: canonicalRanges(key.allowedAddresses ?? []) }
      const insert = insertKey(id, minted, bound, scope.context.actor, creator.role)
      const given = grants.length === 0 ? [] : [insertGrants(id, grants)]
      const [, made] = await scope.batch([lockPeople(scope), insert, ...given] as const, { lane: 'write' })
      await directory.catchUp()
      const [row] = made as Key[]
      if (row === undefined) throw problems.forbidden('What you may do has changed at this moment.')
      return { key: row, credential: minted.credential }
    },

    async change(scope, id, change, creator, from) {
      const before = alive(await findKey(scope, id))
      refuseMoreThanOwn(before, creator)
      const { allowedAddresses: written } = change
      const allowedAddresses = written === undefined ? undefined : canonicalRanges(written)
      if (id === scope.context.actor.id) requireReachable(allowedAddresses ?? [], from)
      const key = alive(await changeKey(scope, id, { ...change, allowedAddresses }))
      await directory.catchUp()
      return key
    },

    async rotate(scope, id, rotation, creator) {
      const old = alive(await findKey(scope, id))
      // A limited key that rotates itself hands on its own grants, and no other's.
      if (id !== scope.context.actor.id) {
        refuseMoreThanOwn(old, creator)
        refuseLimited(creator)
      }
      refuseContradictions({ ...old, expiresAt: rotation.expiresAt }, [], directory.clock())
      const minted = mintKey('tenant')
      const insert = rotateKey(uuid7(), id, minted, rotation, scope.context.actor, creator.role)
      const [, made] = await scope.batch([lockPeople(scope), insert] as const, { lane: 'write' })
      const [key] = made
      if (key === undefined) throw problems.conflict('The key is over, or what you may do has changed at this moment.')
      await directory.catchUp()
      return { key, credential: minted.credential }
    },

    list: listKeys,

    read: async (scope, id) => found(await findKey(scope, id)),

    async revoke(scope, id) {
      const key = found(await revokeKey(scope, id))
      await directory.catchUp()
      return key
    },

    liveOf: liveKeysOf,

    async revokeAll(scope, ids) {
      for (const id of ids) await revokeKey(scope, id)
    },

    async grantsOf(scope, id) {
      found(await findKey(scope, id))
      return listGrants(scope, id)
    },

    async setGrants(scope, id, grants, creator) {
      const key = alive(await findKey(scope, id))
      refuseMoreThanOwn(key, creator)
      // Replacing would take away what a limited caller cannot see.
      refuseLimited(creator)
      refuseContradictions({ ...key, expiresAt: undefined }, grants, directory.clock())
      await requireGrantable(scope, grants)
      await scope.run(replaceGrants(id, [...new Set(grants)]))
      return listGrants(scope, id)
    },
  }
}

function found(key: Key | undefined): Key {
  if (key === undefined) throw problems.not_found('There is no such key.')
  return key
}

/** @throws not_found, conflict for a revoked one */
function alive(key: Key | undefined): Key {
  if (found(key).revokedAt !== null) throw problems.conflict('The key is revoked.')
  return found(key)
}

function refuseLimited({ reach }: KeyCreator): void {
  if (reach === 'granted') {
    throw problems.forbidden('Your own reach is limited to granted objects.', { permission: 'reach:all' })
  }
}

function refuseMoreThanOwn(key: Pick<NewKey, 'permissions' | 'reach'>, creator: KeyCreator): void {
  const missing = key.permissions.find((permission) => !creator.permissions.has(permission))
  if (missing !== undefined) throw problems.forbidden(`You cannot hand on ${missing}.`, { permission: missing })
  if (creator.reach === 'granted' && (key.reach ?? 'all') === 'all') {
    throw problems.forbidden('Your own reach is limited to granted objects; give the key the reach `granted`.', {
      permission: 'reach:all',
    })
  }
}

function refuseContradictions(key: Pick<NewKey, 'reach' | 'expiresAt'>, grants: readonly string[], now: number): void {
  if (grants.length > 0 && key.reach !== 'granted') {
    throw problems.invalid_request('Grants mean something with the reach `granted` only.', {
      errors: [{ path: 'grants', message: 'needs reach granted' }],
    })
  }
  if (key.expiresAt !== undefined && Date.parse(key.expiresAt) <= now) {
    throw problems.invalid_request('The key would have expired already.', {
      errors: [{ path: 'expiresAt', message: 'must be in the future' }],
    })
  }
}
