import type { Reach } from '../isolation/tenant-scope.ts'

export const tenantStatuses = ['provisioning', 'active', 'suspended', 'archived', 'deleted'] as const
export type TenantStatus = (typeof tenantStatuses)[number]

/** What every node knows of a tenant, at most a second old. No content. */
export interface TenantEntry {
  readonly id: string
  readonly slug: string
  readonly name: string
  /** Where its people are known. */
  readonly realmId: string
  /** The one system it belongs to: `bms`. */
  readonly system: string
  readonly tier: string
  readonly status: TenantStatus
  /** While suspended: `read_only` still reads, `blocked` does not. */
  readonly suspension: 'read_only' | 'blocked' | undefined
  /** Entitlements by name; limits by name, null for unlimited. */
  readonly features: ReadonlySet<string>
  readonly limits: ReadonlyMap<string, number | null>
  /** When one of these changes by itself, because an override or an add-on ends: milliseconds since the epoch. */
  readonly entitledUntil?: number | undefined
  /** CIDR ranges that its members and keys may come from. None: from everywhere. */
  readonly allowedAddresses: readonly string[]
  /** The tenant above it, where it has one; it may be gone. */
  readonly parentId?: string | undefined
}

export interface KeyEntry {
  readonly id: string
  readonly tenantId: string
  readonly publicId: string
  /** SHA-256 of the whole key. */
  readonly hash: Uint8Array
  readonly name: string
  readonly permissions: ReadonlySet<string>
  readonly reach: Reach
  /** Milliseconds since the epoch, or undefined for never. */
  readonly expiresAt: number | undefined
  /** Undefined: what the installation gives every key. */
  readonly requestsPerHour: number | undefined
  /** CIDR ranges that it may be used from. None: from everywhere. */
  readonly allowedAddresses: readonly string[]
}

export interface OperatorKeyEntry {
  readonly id: string
  readonly operatorId: string
  readonly operatorName: string
  readonly publicId: string
  /** SHA-256 of the whole key. */
  readonly hash: Uint8Array
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}
