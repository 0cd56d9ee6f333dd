import type { OperatorPrincipal, TenantPrincipal } from '../access/principal.ts'
import type { BeforeAsking } from '../directory/directory.ts'
import type { KeyVerifier } from '../keys/key-verifier.ts'
import { headerOf, looksLikeToken } from '../tokens/access-token.ts'
import { keyTokenType } from '../tokens/key-token.ts'
import type { KeyTokenVerifier } from '../tokens/key-token-verifier.ts'
import { type OperatorTokenVerifier, operatorTokenType } from '../tokens/operator-token.ts'
import type { TokenVerifier } from '../tokens/token-verifier.ts'

export type Verified = TenantPrincipal | OperatorPrincipal

/** Tells whom a bearer credential speaks for, whatever kind it is of. */
export interface Verifier {
  /** Undefined for whatever does not count; at once when everything is known. */
  verify(credential: string, beforeAsking?: BeforeAsking): Verified | undefined | Promise<Verified | undefined>
  /** Whether who was verified earlier would still be, with the same rights. */
  isLive(principal: Verified): Promise<boolean>
}

export interface VerifierParts {
  readonly keys: KeyVerifier
  readonly tokens: TokenVerifier
  readonly operatorTokens: OperatorTokenVerifier
  readonly keyTokens: KeyTokenVerifier
}

export function createVerifier({ keys, tokens, operatorTokens, keyTokens }: VerifierParts): Verifier {
  return {
    verify: (credential, beforeAsking) => {
      if (!looksLikeToken(credential)) return keys.verify(credential, beforeAsking)
      // Not believed: whoever reads it asks for its own type again.
      const type = headerOf(credential)?.typ
      if (type === operatorTokenType) return operatorTokens.verify(credential)
      return type === keyTokenType ? keyTokens.verify(credential, beforeAsking) : tokens.verify(credential, beforeAsking)
    },
    isLive: async (principal) => {
      if (principal.kind === 'member') return tokens.isLive(principal)
      if (principal.kind === 'operator' && (await operatorTokens.isLive(principal))) return true
      return principal.kind === 'key' && keyTokens.knows(principal) ? keyTokens.isLive(principal) : keys.isLive(principal)
    },
  }
}
