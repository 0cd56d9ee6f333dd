import type { Role } from '../access/principal.ts'
import type { Reach } from '../isolation/tenant-scope.ts'

/** Somebody who belongs to the tenant. Times are RFC 3339. */
export interface Member {
  /** The actor of what he does, and of his grants. */
  readonly id: string
  /** The person, who may belong to other tenants too. */
  readonly userId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Its permissions are then the only ones. */
  readonly customRoleId: string | null
  /** Whether he administers the tenant: owner or admin. */
  readonly tenantAdmin: boolean
  readonly reach: Reach
  /** With reach `granted`: the objects. */
  readonly grants: readonly string[]
  readonly invitedBy: string | null
  readonly joinedAt: string
  /** To the minute. */
  readonly lastActiveAt: string | null
  readonly version: number
}

/** What somebody is in a tenant. With neither role nor custom role: viewer. */
export interface Standing {
  readonly role?: Role | undefined
  readonly customRoleId?: string | undefined
  /** Default `all`. */
  readonly reach?: Reach | undefined
  /** With reach `granted`: ids of the objects. */
  readonly grants?: readonly string[] | undefined
}

/** What is left out stays as it is. A custom role takes the place of the role, and the other way round. */
export type MemberChanges = Standing

export interface MemberFilter {
  readonly role?: Role | undefined
  readonly customRoleId?: string | undefined
  /** Words of name or address, each by its beginning. */
  readonly search?: string | undefined
}

export interface NewMember extends Standing {
  readonly email: string
  readonly name: string
}

/** What becomes of the keys that a member made, once he is gone. */
export type KeysAfterwards = 'revoke' | 'keep'
