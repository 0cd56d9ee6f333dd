import type { Role } from '../access/principal.ts'
import type { Reach } from '../isolation/tenant-scope.ts'

/** A membership, at most a second old. */
export interface MemberEntry {
  readonly id: string
  readonly tenantId: string
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly role: Role
  /** Its permissions are then the only ones. */
  readonly customRoleId: string | undefined
  readonly reach: Reach
}

export interface CustomRoleEntry {
  readonly id: string
  readonly tenantId: string
  readonly name: string
  readonly permissions: readonly string[]
}

/** A browser's session or a program's family of refresh tokens. */
export type SessionKind = 'browser' | 'program'

/** One that has not ended. Whether it has run out is for the caller to judge, by `clock()`. */
export interface SessionEntry {
  readonly id: string
  readonly userId: string
  /** Where it belongs; undefined for a browser's on the bare domain. */
  readonly tenantId: string | undefined
  /** Of a browser's; a program's is that of its tenant. */
  readonly realmId: string | undefined
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

export interface OperatorEntry {
  readonly id: string
  readonly name: string
  /** The person in the operators' realm; null for one who has a key and no password. */
  readonly userId: string | null
}

/** A key of access tokens, current or retired. */
export interface SigningKeyEntry {
  readonly id: string
  /** JWK. */
  readonly publicKey: Readonly<Record<string, unknown>>
  /** The private half, which only the master key opens. */
  readonly sealed: Uint8Array
  /** Milliseconds since the epoch; undefined while it may sign. */
  readonly retiredAt: number | undefined
}

/** The newest first. Another object when anything changed. */
export interface SigningKeysEntry {
  readonly keys: readonly SigningKeyEntry[]
}

/** Where a person belongs, as an answer of the moment. */
export interface Membership {
  readonly id: string
  readonly role: Role
  readonly tenant: { readonly id: string; readonly name: string; readonly slug: string; readonly realmId: string }
  readonly status: string
  /** RFC 3339. */
  readonly joinedAt: string
  readonly preferredAt: string | undefined
}
