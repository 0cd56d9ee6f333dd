import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'

export interface TokenVerifierOptions {
  /** The installation whose keys sign: `https://api.example.com`. Its `/.well-known/jwks.json` is fetched, and kept while it is good. */
  readonly baseUrl: string
  /** The name of this service; tokens for any other are refused. */
  readonly audience: string
  /** Whether a host may have issued tokens, by its origin; default every host of the installation, for its key is what signs. */
  readonly isIssuer?: (origin: string) => boolean
}

/** What a token of an API key says, once its signature, its end and its audience were found right. */
export interface VerifiedToken {
  readonly tenantId: string
  readonly keyId: string
  /** The key's public id. */
  readonly clientId: string
  readonly scopes: ReadonlySet<string>
  readonly expiresAt: Date
}

export type VerifyToken = (token: string) => Promise<VerifiedToken>

/** A token that does not count, in the words of RFC 6750. */
export class TokenRefused extends Error {
  readonly status: 401 | 403
  readonly error: 'invalid_token' | 'insufficient_scope'

  constructor(error: TokenRefused['error'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TokenRefused'
    this.error = error
    this.status = error === 'invalid_token' ? 401 : 403
  }
}

/** Tokens that an API key was exchanged for say so; those of people are for the platform alone. */
const tokenType = 'key+jwt'

/**
 * Verifies tokens of API keys in a service of your own, without a call for each: signature, end, audience. A revoked key's token is
 * refused by the platform within a second; here it counts until it ends, a quarter of an hour after it was made at most.
 *
 * @throws TokenRefused `invalid_token`, whatever is wrong with it; what jose throws when the keys cannot be fetched
 * @example
 * const verify = tokenVerifier({ baseUrl: 'https://api.example.com', audience: 'reports' })
 * const { tenantId, scopes } = await verify(token)
 */
export function tokenVerifier({ baseUrl, audience, isIssuer }: TokenVerifierOptions): VerifyToken {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', baseUrl))
  return async (token) => {
    const payload = await verified(token, () =>
      jwtVerify(token, keys, {
        algorithms: ['EdDSA'],
        typ: tokenType,
        audience,
        requiredClaims: ['iss', 'sub', 'tid', 'client_id', 'scope', 'exp'],
      }),
    )
    if (isIssuer !== undefined && !isIssuer(String(payload.iss))) throw new TokenRefused('invalid_token', 'Another issuer.')
    return {
      tenantId: String(payload.tid),
      keyId: String(payload.sub),
      clientId: String(payload.client_id),
      scopes: new Set(String(payload.scope).split(' ')),
      expiresAt: new Date(Number(payload.exp) * 1_000),
    }
  }
}

async function verified(token: string, verify: () => Promise<{ readonly payload: JWTPayload }>): Promise<JWTPayload> {
  try {
    return (await verify()).payload
  } catch (error) {
    // That the keys could not be fetched says nothing of the token.
    const isOurs =
      error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || !(error instanceof errors.JOSEError)
    if (isOurs || error.code === 'ERR_JOSE_GENERIC') throw error
    throw new TokenRefused('invalid_token', token === '' ? 'A token is needed.' : 'The token does not count.', { cause: error })
  }
}
