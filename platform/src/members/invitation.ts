import type { Role } from '../access/principal.ts'
import type { Reach } from '../isolation/tenant-scope.ts'
import { hashOf, randomBase62 } from '../keys/key-format.ts'

/** An invitation as it is shown: never its token. Times are RFC 3339. */
export interface Invitation {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly customRoleId: string | null
  readonly reach: Reach
  readonly grants: readonly string[]
  readonly state: 'open' | 'accepted' | 'revoked' | 'expired'
  readonly invitedBy: string
  readonly invitedByName: string
  readonly sentAt: string
  readonly timesSent: number
  readonly expiresAt: string
  readonly acceptedAt: string | null
  /** The member. */
  readonly acceptedBy: string | null
  readonly createdAt: string
  readonly version: number
}

/** What its reader is shown before he accepts. Whether he has an account is not told. */
export interface InvitationLook {
  readonly tenant: { readonly name: string; readonly slug: string }
  readonly invitedByName: string
  /** Enough to recognise one's own: `a***@example.com`. */
  readonly email: string
  readonly role: Role
  readonly expiresAt: string
}

const prefix = 'tni'
const form = /^tni_([0-9A-Za-z]{16})_[0-9A-Za-z]{43}$/

export interface MintedToken {
  /** Goes into the mail, and is stored nowhere. */
  readonly token: string
  readonly publicId: string
  readonly hash: Buffer
}

/** 256 random bits behind a public id that finds them. */
export function mintInvitation(): MintedToken {
  const publicId = randomBase62(16)
  const token = `${prefix}_${publicId}_${randomBase62(43)}`
  return { token, publicId, hash: hashOf(token) }
}

/** Undefined for what is not of the form. */
export function publicIdOf(token: string): string | undefined {
  return form.exec(token)?.[1]
}

export function maskAddress(email: string): string {
  const at = email.lastIndexOf('@')
  return `${email.slice(0, 1)}***${email.slice(at)}`
}
