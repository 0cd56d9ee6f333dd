import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { TenantPrincipal } from '../access/principal.ts'
import { atMost } from '../bounded.ts'
import type { BeforeAsking, Directory } from '../directory/directory.ts'
import type { KeyEntry } from '../directory/entries.ts'
import type { SigningKeysEntry } from '../directory/people-entries.ts'
import { isPromise } from '../http/eventual.ts'
import { principalOfKey } from '../keys/key-verifier.ts'
import { keysFor, readToken } from './access-token.ts'
import { KeyClaims, keyTokenType } from './key-token.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface KeyTokenVerifierOptions {
  readonly directory: Directory
  readonly keys: SigningKeys
  /** Whether a host of this installation has the address. */
  readonly isIssuer: (origin: string) => boolean
}

/** A token whose signature was found right, and what was made of it: good as long as the key's entry is the same. */
interface Read {
  readonly claims: KeyClaims
  /** The signing keys there were then. */
  readonly known: SigningKeysEntry
  entry?: KeyEntry
  principal?: TenantPrincipal
}

/**
 * Tells which key a token speaks for. Signatures are remembered by the token's SHA-256; that memory decides nothing: the key is asked
 * of the directory every time, so a token dies with it.
 */
export class KeyTokenVerifier {
  readonly #options: KeyTokenVerifierOptions
  readonly #read = new LRUCache<string, Read>(atMost(20_000))
  readonly #origins = new WeakMap<TenantPrincipal, Read>()

  constructor(options: KeyTokenVerifierOptions) {
    this.#options = options
  }

  /** Undefined for whatever does not count, for one reason or another; at once when everything is known. */
  verify(token: string, beforeAsking?: BeforeAsking): TenantPrincipal | undefined | Promise<TenantPrincipal | undefined> {
    const digest = hash('sha256', token, 'binary')
    const known = this.#options.keys.known()
    const read = this.#read.get(digest)
    if (!isPromise(known) && read?.known === known) return this.#judge(read, beforeAsking)
    return this.#examine(token, digest, beforeAsking)
  }

  /** Whether it was a token that this principal came with. */
  knows(principal: TenantPrincipal): boolean {
    return this.#origins.has(principal)
  }

  /** Whether who came with a token would still be let in with it, and may do what he could. */
  async isLive(principal: TenantPrincipal): Promise<boolean> {
    const read = this.#origins.get(principal)
    const now = read && (await this.#judge(read))
    if (now === undefined || now.reach !== principal.reach) return false
    if (String(now.allowedAddresses) !== String(principal.allowedAddresses)) return false
    return [...principal.permissions].every((permission) => now.permissions.has(permission))
  }

  async #examine(token: string, digest: string, beforeAsking: BeforeAsking | undefined): Promise<TenantPrincipal | undefined> {
    const { keys, directory, isIssuer } = this.#options
    const known = await keysFor(keys, directory, token, beforeAsking)
    if (known === undefined) return undefined
    const claims = KeyClaims.safeParse(await readToken(keys, known, keyTokenType, token, directory.clock()))
    if (!claims.success || !isIssuer(claims.data.iss)) {
      this.#read.delete(digest)
      return undefined
    }
    const read: Read = { claims: claims.data, known }
    this.#read.set(digest, read)
    return this.#judge(read, beforeAsking)
  }

  #judge(read: Read, beforeAsking?: BeforeAsking): TenantPrincipal | undefined | Promise<TenantPrincipal | undefined> {
    const entry = this.#options.directory.key(read.claims.client_id, beforeAsking)
    return isPromise(entry) ? entry.then((found) => this.#decide(read, found)) : this.#decide(read, entry)
  }

  #decide(read: Read, entry: KeyEntry | undefined): TenantPrincipal | undefined {
    const { claims } = read
    const now = this.#options.directory.clock()
    if (entry === undefined || entry.id !== claims.sub || entry.tenantId !== claims.tid) return undefined
    if (claims.exp * 1_000 <= now || (entry.expiresAt !== undefined && entry.expiresAt <= now)) return undefined
    if (read.principal !== undefined && read.entry === entry) return read.principal
    const asked = claims.scope.split(' ')
    read.entry = entry
    read.principal = principalOfKey(entry, new Set(asked.filter((permission) => entry.permissions.has(permission))))
    this.#origins.set(read.principal, read)
    return read.principal
  }
}
