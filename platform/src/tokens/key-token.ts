import { z } from 'zod'
import type { KeyEntry, TenantEntry } from '../directory/entries.ts'
import { ownAudience, signToken, type TokenAudience } from './access-token.ts'
import type { SigningKeys } from './signing-keys.ts'

/** Beside those of members and operators: none can be taken for another. */
export const keyTokenType = 'key+jwt'

/** What a token says that an API key was exchanged for. */
export const KeyClaims = z.object({
  /** Origin of the host that it was minted on. */
  iss: z.string(),
  /** The key. */
  sub: z.uuid(),
  /** The tenant. */
  tid: z.uuid(),
  /** What it was minted from: the key. */
  sid: z.uuid(),
  /** The key's public id, by which it is found. */
  client_id: z.string().regex(/^[0-9A-Za-z]{8,32}$/),
  /** Permissions, by spaces. At this API the key must have each of them still. */
  scope: z.string(),
  /** Seconds since the epoch. */
  exp: z.number(),
})
export type KeyClaims = z.output<typeof KeyClaims>

export interface KeyTokenParts {
  readonly tenant: TenantEntry
  readonly key: KeyEntry
  readonly scope: readonly string[]
  readonly audience: TokenAudience | undefined
  readonly origin: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Seconds. */
  readonly lifetime: number
}

/** Writes the token. Whether the key may have one was asked before. @throws not_configured without a master key */
export function signKeyToken(keys: SigningKeys, parts: KeyTokenParts): Promise<string> {
  const { tenant, key, scope, audience, origin, now, lifetime } = parts
  const claims: KeyClaims = {
    iss: origin,
    sub: key.id,
    tid: tenant.id,
    sid: key.id,
    client_id: key.publicId,
    scope: scope.join(' '),
    exp: Math.floor(now / 1_000) + lifetime,
  }
  return signToken(keys, keyTokenType, claims, now, audience ?? ownAudience)
}
