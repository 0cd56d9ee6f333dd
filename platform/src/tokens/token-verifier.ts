import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { TenantPrincipal } from '../access/principal.ts'
import { atMost } from '../bounded.ts'
import type { BeforeAsking, Directory } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'
import { memberPlace } from '../directory/people.ts'
import type { CustomRoleEntry, MemberEntry, OperatorEntry, SessionEntry, SigningKeysEntry } from '../directory/people-entries.ts'
import { isPromise } from '../http/eventual.ts'
import { AccessClaims, accessTokenType, keysFor, readToken } from './access-token.ts'
import type { MemberRights } from './member-rights.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface TokenVerifierOptions {
  readonly directory: Directory
  readonly keys: SigningKeys
  readonly rights: MemberRights
  /** Whether a host of this installation has the address. */
  readonly isIssuer: (origin: string) => boolean
}

/** What is asked anew each time; the principal made of it counts as long as each of them is the same object. */
interface Facts {
  readonly tenant: TenantEntry | undefined
  readonly session: SessionEntry | undefined
  readonly member: MemberEntry | undefined
  readonly role: CustomRoleEntry | undefined
  readonly operator: OperatorEntry | undefined
}

/** A token whose signature was found right. */
interface Read {
  readonly claims: AccessClaims
  /** Of the membership, in the directory. */
  readonly place: string
  /** The keys there were then. */
  readonly known: SigningKeysEntry
  facts?: Facts
  principal?: TenantPrincipal | undefined
}

/**
 * Tells whom an access token speaks for. Signatures are remembered by the token's SHA-256; that memory decides nothing: session,
 * membership, role, tenant and time are asked of the directory every time.
 */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions
  readonly #read = new LRUCache<string, Read>(atMost(20_000))
  readonly #origins = new WeakMap<TenantPrincipal, Read>()

  constructor(options: TokenVerifierOptions) {
    this.#options = options
  }

  /** Undefined for whatever does not count, for one reason or another; at once when everything is known. */
  verify(token: string, beforeAsking?: BeforeAsking): TenantPrincipal | undefined | Promise<TenantPrincipal | undefined> {
    const digest = hash('sha256', token, 'binary')
    const known = this.#options.keys.known()
    const read = this.#read.get(digest)
    return !isPromise(known) && read?.known === known ? this.#judge(read) : this.#examine(token, digest, beforeAsking)
  }

  /** Whether who was verified earlier still is who he was, and may do what he could: for what outlives a look-up. */
  async isLive(principal: TenantPrincipal): Promise<boolean> {
    const read = this.#origins.get(principal)
    const now = read && (await this.#judge(read))
    if (now === undefined || now.role !== principal.role || now.reach !== principal.reach) return false
    return now === principal || [...principal.permissions].every((permission) => now.permissions.has(permission))
  }

  async #examine(token: string, digest: string, beforeAsking: BeforeAsking | undefined): Promise<TenantPrincipal | undefined> {
    const { keys, directory, isIssuer } = this.#options
    const current = await keysFor(keys, directory, token, beforeAsking)
    if (current === undefined) return undefined
    const payload = await readToken(keys, current, accessTokenType, token, directory.clock())
    const claims = AccessClaims.safeParse(payload)
    if (!claims.success || !isIssuer(claims.data.iss)) {
      this.#read.delete(digest)
      return undefined
    }
    const read: Read = { claims: claims.data, place: memberPlace(claims.data.tid, claims.data.sub), known: current }
    this.#read.set(digest, read)
    return this.#judge(read)
  }

  #judge(read: Read): TenantPrincipal | undefined | Promise<TenantPrincipal | undefined> {
    const { directory } = this.#options
    const { tid, sid, sk, act } = read.claims
    const tenant = directory.tenantById(tid)
    const session = directory.session(sk, sid)
    const member = directory.memberAt(read.place)
    const operator = act === undefined ? undefined : directory.operator(act.sub)
    if (isPromise(tenant) || isPromise(session) || isPromise(member) || isPromise(operator)) {
      return Promise.all([tenant, session, member, operator]).then((all) => this.#withRole(read, ...all))
    }
    return this.#withRole(read, tenant, session, member, operator)
  }

  #withRole(
    read: Read,
    tenant: TenantEntry | undefined,
    session: SessionEntry | undefined,
    member: MemberEntry | undefined,
    operator: OperatorEntry | undefined,
  ): TenantPrincipal | undefined | Promise<TenantPrincipal | undefined> {
    if (member?.customRoleId === undefined) return this.#decide(read, { tenant, session, member, role: undefined, operator })
    const role = this.#options.directory.customRole(member.tenantId, member.customRoleId)
    if (isPromise(role)) return role.then((found) => this.#decide(read, { tenant, session, member, role: found, operator }))
    return this.#decide(read, { tenant, session, member, role, operator })
  }

  #decide(read: Read, facts: Facts): TenantPrincipal | undefined {
    const now = this.#options.directory.clock()
    if (read.claims.exp * 1_000 <= now || (facts.session?.expiresAt ?? 0) <= now) return undefined
    if (read.facts !== undefined && isSame(read.facts, facts)) return read.principal
    const principal = principalOf(read.claims, facts, this.#options.rights)
    read.facts = facts
    read.principal = principal
    if (principal !== undefined) this.#origins.set(principal, read)
    return principal
  }
}

function isSame(before: Facts, now: Facts): boolean {
  return (
    before.tenant === now.tenant &&
    before.session === now.session &&
    before.member === now.member &&
    before.role === now.role &&
    before.operator === now.operator
  )
}

/** Undefined unless everything that the token says of persons and tenants is still so. What it says of rights is not looked at. */
function principalOf(claims: AccessClaims, facts: Facts, rights: MemberRights): TenantPrincipal | undefined {
  const { tenant, session, member, role, operator } = facts
  if (tenant === undefined || session === undefined || member === undefined) return undefined
  if (member.id !== claims.mid || session.userId !== claims.sub) return undefined
  if (member.customRoleId !== undefined && role === undefined) return undefined
  if (claims.act !== undefined && operator === undefined) return undefined
  if (claims.sk === 'program' && session.tenantId !== tenant.id) return undefined
  if (claims.sk === 'browser') {
    if (session.realmId !== tenant.realmId) return undefined
    if (session.tenantId !== undefined && session.tenantId !== tenant.id) return undefined
  }
  const principal = {
    kind: 'member',
    id: member.id,
    tenantId: tenant.id,
    name: member.name,
    role: member.role,
    permissions: rights(tenant.system, member.role, role),
    reach: member.reach,
  } as const
  // As a person he could do what concerns the person in all of his tenants: nobody does that for him.
  if (operator !== undefined) {
    return { ...principal, impersonator: operator.id, acting: { accessId: session.id, readOnly: claims.act?.ro === true } }
  }
  return {
    ...principal,
    person: {
      kind: 'person',
      id: member.userId,
      realmId: tenant.realmId,
      email: member.email,
      name: member.name,
      session: { kind: claims.sk, id: session.id },
      tenantId: session.tenantId,
      methods: claims.amr,
      viaToken: true,
    },
  }
}
