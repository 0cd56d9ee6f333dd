import { timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { OperatorPrincipal, TenantPrincipal } from '../access/principal.ts'
import { perHour } from '../access/rate-limit.ts'
import { atMost } from '../bounded.ts'
import type { BeforeAsking, Directory } from '../directory/directory.ts'
import type { KeyEntry, OperatorKeyEntry } from '../directory/entries.ts'
import { hashOf, parseKey } from './key-format.ts'

export type KeyPrincipal = TenantPrincipal | OperatorPrincipal
type Entry = KeyEntry | OperatorKeyEntry

interface Verified {
  readonly publicId: string
  readonly kind: 'tenant' | 'operator'
  /** What the directory said when it was verified; another object there means that something changed. */
  readonly entry: Entry
  readonly principal: KeyPrincipal
}

/** Compared with when there is no such key, so that an unknown one costs what a wrong one costs. */
const nobody = Buffer.alloc(32)

/**
 * Tells whom a credential speaks for. Verified ones are remembered by their SHA-256, so that the usual request is one hash
 * and two map look-ups; that memory decides nothing: the directory's live entry and the expiry are asked every time.
 */
export class KeyVerifier {
  readonly #directory: Directory
  readonly #verified = new LRUCache<string, Verified>(atMost(20_000))
  readonly #publicIds = new WeakMap<KeyPrincipal, string>()

  constructor(directory: Directory) {
    this.#directory = directory
  }

  /** Undefined for malformed, unknown, expired and revoked credentials alike; at once when the directory knows. */
  verify(credential: string, beforeAsking?: BeforeAsking): KeyPrincipal | undefined | Promise<KeyPrincipal | undefined> {
    const hash = hashOf(credential)
    const digest = hash.toString('latin1')
    const verified = this.#verified.get(digest)
    const parsed = verified ?? parseKey(credential)
    if (parsed === undefined) return undefined
    const { kind, publicId } = parsed
    const live =
      kind === 'tenant' ? this.#directory.key(publicId, beforeAsking) : this.#directory.operatorKey(publicId, beforeAsking)
    if (live instanceof Promise) return live.then((entry) => this.#judge(entry, hash, digest, verified))
    return this.#judge(live, hash, digest, verified)
  }

  /** Whether a principal that was verified earlier would still be: for what runs longer than a look-up is good for. */
  async isLive(principal: KeyPrincipal): Promise<boolean> {
    const publicId = this.#publicIds.get(principal)
    if (publicId === undefined) return false
    const entry = await (principal.kind === 'operator' ? this.#directory.operatorKey(publicId) : this.#directory.key(publicId))
    if (entry === undefined || this.#unlessExpired(entry, principal) === undefined) return false
    if ('operatorId' in entry) return principal.id === entry.operatorId
    return principal.kind === 'key' && principal.id === entry.id && hasAddressesOf(entry, principal)
  }

  #judge(entry: Entry | undefined, hash: Buffer, digest: string, verified: Verified | undefined): KeyPrincipal | undefined {
    const known = verified !== undefined && entry === verified.entry ? this.#unlessExpired(entry, verified.principal) : undefined
    if (known !== undefined) return known
    const matches = timingSafeEqual(entry?.hash ?? nobody, hash)
    // An expired one is not remembered: it would be told apart from an unknown one by what the next look at it costs.
    if (entry === undefined || !matches || this.#isExpired(entry)) {
      this.#verified.delete(digest)
      return undefined
    }
    const principal = principalOf(entry)
    this.#publicIds.set(principal, entry.publicId)
    const kind = 'tenantId' in entry ? 'tenant' : 'operator'
    this.#verified.set(digest, { publicId: entry.publicId, kind, entry, principal })
    return principal
  }

  #unlessExpired(entry: Entry, principal: KeyPrincipal): KeyPrincipal | undefined {
    return this.#isExpired(entry) ? undefined : principal
  }

  #isExpired({ expiresAt }: Entry): boolean {
    return expiresAt !== undefined && expiresAt <= this.#directory.clock()
  }
}

/** Where it may be used from is judged when a request begins: what outlives that begins anew after a change. */
function hasAddressesOf(entry: KeyEntry, { allowedAddresses = [] }: TenantPrincipal): boolean {
  return entry.allowedAddresses.join() === allowedAddresses.join()
}

function principalOf(entry: Entry): KeyPrincipal {
  if ('operatorId' in entry) return { kind: 'operator', id: entry.operatorId, name: entry.operatorName }
  return principalOfKey(entry)
}

/** Whom a live key speaks for; a token that was got with it says which of its permissions it has. */
export function principalOfKey(entry: KeyEntry, permissions: ReadonlySet<string> = entry.permissions): TenantPrincipal {
  const { id, tenantId, name, reach, requestsPerHour, allowedAddresses } = entry
  const rate = requestsPerHour === undefined ? {} : { rate: perHour(requestsPerHour) }
  return { kind: 'key', id, tenantId, name, permissions, reach, allowedAddresses, ...rate }
}
