import type { Reach } from '../isolation/tenant-scope.ts'

/** An API key as it is shown: never the credential, never its hash. Times are RFC 3339. */
export interface Key {
  readonly id: string
  readonly publicId: string
  readonly name: string
  readonly permissions: readonly string[]
  readonly reach: Reach
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  /** To the minute. */
  readonly lastUsedAt: string | null
  readonly createdAt: string
  /** Null: as many as the installation gives every key. */
  readonly requestsPerHour: number | null
  /** CIDR ranges that it may be used from; none: from everywhere. */
  readonly allowedAddresses: readonly string[]
  /** The key that it was rotated from, as long as that one is kept. */
  readonly replaces: string | null
}

export interface NewKey {
  readonly name: string
  readonly permissions: readonly string[]
  /** Default `all`. */
  readonly reach?: Reach | undefined
  /** With reach `granted`: ids of the objects the key may reach. */
  readonly grants?: readonly string[] | undefined
  /** RFC 3339; default never. */
  readonly expiresAt?: string | undefined
  /** Default: what the installation gives every key. */
  readonly requestsPerHour?: number | null | undefined
  /** Addresses or CIDR ranges; default everywhere. */
  readonly allowedAddresses?: readonly string[] | undefined
}

/** What may be changed about a key that is out there. */
export interface KeyChange {
  readonly name?: string | undefined
  readonly requestsPerHour?: number | null | undefined
  readonly allowedAddresses?: readonly string[] | undefined
}

export interface KeyRotation {
  /** Seconds that the old key still works beside the new one, if it does not end before. */
  readonly overlap: number
  /** RFC 3339; default as long after now as the old key was to live altogether. */
  readonly expiresAt?: string | undefined
}
