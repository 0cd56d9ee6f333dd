import type { Actor, Reach } from '../isolation/tenant-scope.ts'
import type { RateLimit } from './rate-limit.ts'

/** A permission names what may be done: `<area>:<verb>`, led by the system's name for its own, `bms.buildings:read`. */
export type Permission = `${string}:${string}`

/** The roles every tenant has, from the most to the least powerful. Custom roles are sets of permissions. */
export const roles = ['owner', 'admin', 'manager', 'user', 'viewer'] as const
export type Role = (typeof roles)[number]

/** Who a verified credential speaks for. A credential never decides alone: each of these was live a second ago at most. */
export type Principal = TenantPrincipal | OperatorPrincipal | PersonPrincipal | PublicPrincipal

/** A member or an API key of one tenant. */
export interface TenantPrincipal {
  readonly kind: 'member' | 'key'
  readonly id: string
  readonly tenantId: string
  readonly name: string
  /** Members have a role; keys have permissions only. */
  readonly role?: Role
  readonly permissions: ReadonlySet<string>
  readonly reach: Reach
  /** Of a key that has a rate of its own. */
  readonly rate?: RateLimit
  /** Of a key: CIDR ranges that it may be used from. None: from everywhere. */
  readonly allowedAddresses?: readonly string[]
  /** Of a member: the person, and what the token was minted from. */
  readonly person?: PersonPrincipal
  /** The operator who acts as this member; both are in the tenant's audit. */
  readonly impersonator?: string
  /** Of such an operator: his access in the tenant's list of them, and whether he may only read. */
  readonly acting?: { readonly accessId: string; readonly readOnly: boolean }
}

/** Somebody who is signed in, whether or not he belongs to the tenant of the host. */
export interface PersonPrincipal {
  readonly kind: 'person'
  /** Of the user in the realm. */
  readonly id: string
  readonly realmId: string
  readonly email: string
  readonly name: string
  /** Live session of a browser, or family of a program's refresh tokens. */
  readonly session: { readonly kind: 'browser' | 'program'; readonly id: string }
  /** The tenant that the session was made for; undefined on the bare domain. */
  readonly tenantId: string | undefined
  /** How he signed in: password, totp, passkey. */
  readonly methods: readonly string[]
  /** An access token speaks for him, and not the session's own cookie: it must not make itself last longer. */
  readonly viaToken?: true
}

/** Somebody who runs the platform. Not a member of any tenant: each entry into one has a recorded reason. */
export interface OperatorPrincipal {
  readonly kind: 'operator'
  readonly id: string
  readonly name: string
}

export interface PublicPrincipal {
  readonly kind: 'public'
}

/** The actor that a principal's scope carries. */
export function actorOf(principal: TenantPrincipal | OperatorPrincipal): Actor {
  return { kind: principal.kind, id: principal.id }
}
