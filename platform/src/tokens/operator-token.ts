import { z } from 'zod'
import type { OperatorPrincipal, PersonPrincipal } from '../access/principal.ts'
import type { Directory } from '../directory/directory.ts'
import { operatorsRealm } from '../identity/realms.ts'
import { readToken, signToken } from './access-token.ts'
import type { SigningKeys } from './signing-keys.ts'

/** Beside members' tokens: neither can be taken for the other. */
export const operatorTokenType = 'op+jwt'
const minutes = 15

const OperatorClaims = z.object({
  /** Origin of the operators' host. */
  iss: z.string(),
  /** The operator. */
  sub: z.uuid(),
  /** In no tenant. */
  tid: z.literal('operators'),
  /** The browser's session. */
  sid: z.uuid(),
  amr: z.array(z.string()),
  exp: z.number(),
})
type OperatorClaims = z.output<typeof OperatorClaims>

export interface OperatorToken {
  readonly accessToken: string
  /** RFC 3339. */
  readonly expiresAt: string
}

export interface OperatorTokenOptions {
  readonly directory: Directory
  readonly keys: SigningKeys
}

/** Writes an operator's access token. That the session had a second factor was asked before. @throws not_configured */
export async function mintOperatorToken(
  { directory, keys }: OperatorTokenOptions,
  operatorId: string,
  { session, methods }: Pick<PersonPrincipal, 'session' | 'methods'>,
  origin: string,
): Promise<OperatorToken> {
  const now = directory.clock()
  const exp = Math.floor(now / 1_000) + minutes * 60
  const claims: OperatorClaims = { iss: origin, sub: operatorId, tid: 'operators', sid: session.id, amr: [...methods], exp }
  return { accessToken: await signToken(keys, operatorTokenType, claims, now), expiresAt: new Date(exp * 1_000).toISOString() }
}

export interface OperatorTokenVerifierOptions extends OperatorTokenOptions {
  /** Whether the address is the operators' host. */
  readonly isOperatorsHost: (origin: string) => boolean
}

/** Tells which operator an access token speaks for: he must not be disabled, and the session that it was minted from must live. */
export class OperatorTokenVerifier {
  readonly #options: OperatorTokenVerifierOptions
  readonly #claims = new WeakMap<OperatorPrincipal, OperatorClaims>()

  constructor(options: OperatorTokenVerifierOptions) {
    this.#options = options
  }

  /** Undefined for whatever does not count. Operators are few: each request checks the signature anew. */
  async verify(token: string): Promise<OperatorPrincipal | undefined> {
    const { keys, directory, isOperatorsHost } = this.#options
    const payload = await readToken(keys, await keys.known(), operatorTokenType, token, directory.clock())
    const claims = OperatorClaims.safeParse(payload)
    return claims.success && isOperatorsHost(claims.data.iss) ? this.#judge(claims.data) : undefined
  }

  /** Whether an operator who came with a token would still be let in with it. */
  async isLive(principal: OperatorPrincipal): Promise<boolean> {
    const claims = this.#claims.get(principal)
    return claims !== undefined && (await this.#judge(claims)) !== undefined
  }

  async #judge(claims: OperatorClaims): Promise<OperatorPrincipal | undefined> {
    const { directory } = this.#options
    const [operator, session] = await Promise.all([directory.operator(claims.sub), directory.session('browser', claims.sid)])
    const now = directory.clock()
    if (operator === undefined || session === undefined || claims.exp * 1_000 <= now || session.expiresAt <= now) return undefined
    if (session.realmId !== operatorsRealm || session.userId !== operator.userId) return undefined
    const principal: OperatorPrincipal = { kind: 'operator', id: operator.id, name: operator.name }
    this.#claims.set(principal, claims)
    return principal
  }
}
