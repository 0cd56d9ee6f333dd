import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { roles } from '../access/principal.ts'
import type { BeforeAsking, Directory } from '../directory/directory.ts'
import type { SigningKeysEntry } from '../directory/people-entries.ts'
import type { SigningKeys } from './signing-keys.ts'

/** One kind of token cannot be taken for another: this is in each one's header. */
export const accessTokenType = 'at+jwt'

const alg = 'EdDSA'
/** Of tokens for this API; no other service may be called so. */
export const ownAudience = 'api'
/** The service that a token is for. */
export type TokenAudience = string
const required = ['iss', 'aud', 'exp', 'sub', 'tid', 'sid']
/** Characters; more is no token of ours, and not worth a hash. */
const longest = 8_192

/**
 * What an access token says. Who it is about and what it was minted from decide whether it still counts; role, reach and grants
 * are for its reader to look at: a server asks for the present ones.
 */
export const AccessClaims = z.object({
  /** Origin of the host that it was minted on. */
  iss: z.string(),
  /** The person. */
  sub: z.uuid(),
  /** The tenant. */
  tid: z.uuid(),
  /** The session or family. */
  sid: z.uuid(),
  sk: z.enum(['browser', 'program']),
  /** The membership. */
  mid: z.uuid(),
  role: z.enum(roles),
  reach: z.enum(['all', 'granted']),
  /** Objects that somebody of reach `granted` has been granted; left out where there are many. */
  grants: z.array(z.uuid()).optional(),
  /** How the person signed in. */
  amr: z.array(z.string()),
  /** The operator who acts as the person. */
  act: z.object({ sub: z.uuid(), /** He may read and change nothing. */ ro: z.literal(true).optional() }).optional(),
  /** Seconds since the epoch. */
  exp: z.number(),
})
export type AccessClaims = z.output<typeof AccessClaims>

/** Three parts of base64url, the first a JSON object. Keys have no dots. */
export function looksLikeToken(credential: string): boolean {
  return credential.length <= longest && credential.startsWith('eyJ') && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(credential)
}

/** Signs with the newest key. `now` in milliseconds, by the database's clock. @throws not_configured without a master key */
export async function signToken(
  keys: SigningKeys,
  type: string,
  claims: Omit<JWTPayload, 'aud'>,
  now: number,
  audience: TokenAudience = ownAudience,
): Promise<string> {
  const { id, key } = await keys.current()
  return new SignJWT(claims)
    .setProtectedHeader({ alg, typ: type, kid: id })
    .setAudience(audience)
    .setIssuedAt(Math.floor(now / 1_000))
    .sign(key)
}

/**
 * The signing keys, the one that the token names among them if there is such a one: another node may have made it a moment ago.
 * `beforeAsking` may refuse by throwing.
 */
export async function keysFor(
  keys: SigningKeys,
  directory: Pick<Directory, 'catchUp'>,
  token: string,
  beforeAsking?: BeforeAsking,
): Promise<SigningKeysEntry | undefined> {
  const keyId = keyIdOf(token)
  if (keyId === undefined) return undefined
  const known = await keys.known()
  if (keys.publicKey(known, keyId) !== undefined) return known
  beforeAsking?.()
  await directory.catchUp()
  return keys.known()
}

/** The claims of a token of the type that one of the keys signed. Undefined for every other text, whatever is wrong with it. */
export async function readToken(
  keys: SigningKeys,
  known: SigningKeysEntry,
  type: string,
  token: string,
  now: number,
): Promise<JWTPayload | undefined> {
  try {
    const find = ({ kid = '' }: { readonly kid?: string }) => {
      const key = keys.publicKey(known, kid)
      if (key === undefined) throw new errors.JWKSNoMatchingKey()
      return key
    }
    const options = { algorithms: [alg], typ: type, audience: ownAudience, requiredClaims: required, currentDate: new Date(now) }
    return (await jwtVerify(token, find, options)).payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

/** The key that a token says it was signed with: to be believed of no token, and good for looking the key up. */
export function keyIdOf(token: string): string | undefined {
  const kid = headerOf(token)?.kid
  return typeof kid === 'string' && /^[\w-]{43}$/.test(kid) ? kid : undefined
}

/** What a token says of itself before anybody has looked at its signature. */
export function headerOf(token: string): { readonly kid?: unknown; readonly typ?: unknown } | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString())
    return typeof header === 'object' && header !== null ? header : undefined
  } catch {
    return undefined
  }
}
