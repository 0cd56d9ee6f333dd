import type { Brand } from '../branding/brand-schema.ts'
import type { TenantStatus } from '../directory/entries.ts'
import type { SuspensionMode } from './lifecycle.ts'

/** A tenant's own record. Times are RFC 3339. */
export interface Tenant {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly system: string
  readonly tier: string
  readonly status: TenantStatus
  readonly suspension: SuspensionMode | null
  readonly statusReason: string | null
  readonly statusChangedAt: string
  readonly legalHold: boolean
  readonly legalHoldReason: string | null
  /** When its rows may be erased; set once it is `deleted`. */
  readonly eraseAfter: string | null
  readonly timeZone: string
  readonly locale: string
  readonly billingEmail: string | null
  readonly phone: string | null
  /** In the billing provider's books. */
  readonly subscriptionId: string | null
  /** Entitlements beyond those of the tier. */
  readonly features: readonly string[]
  readonly brand: Brand
  /** The tenant above it; it may be gone. */
  readonly parentId: string | null
  readonly version: number
  readonly createdAt: string
  readonly updatedAt: string
}

/** What may be changed without changing the tenant's place in the platform. */
export interface TenantChanges {
  readonly name?: string | undefined
  readonly timeZone?: string | undefined
  readonly locale?: string | undefined
  readonly billingEmail?: string | null | undefined
  readonly phone?: string | null | undefined
  readonly brand?: Omit<Brand, 'images'> | undefined
}

/** What an operator may change besides. */
export interface OperatorTenantChanges extends TenantChanges {
  readonly slug?: string | undefined
  /** Its limits come with it; those that were agreed with the tenant stay. */
  readonly tier?: string | undefined
  readonly subscriptionId?: string | null | undefined
  readonly features?: readonly string[] | undefined
  /** Slug of the tenant above it, or null for none. */
  readonly parent?: string | null | undefined
}

/** A tenant as operators refer to it. */
export interface TenantReference {
  readonly id: string
  readonly slug: string
  readonly name: string
}

export interface NewTenant {
  readonly slug: string
  readonly name: string
  readonly system: string
  /** Default: the system's first tier. */
  readonly tier?: string | undefined
  readonly timeZone?: string | undefined
  readonly locale?: string | undefined
  readonly billingEmail?: string | undefined
  readonly phone?: string | undefined
  readonly subscriptionId?: string | undefined
  readonly brand?: Omit<Brand, 'images'> | undefined
  /** Slug of the tenant above it. */
  readonly parent?: string | undefined
}
