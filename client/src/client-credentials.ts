import { problemOf } from './problem.ts'
import { resilientFetch } from './resilient-fetch.ts'

export interface ClientCredentialsOptions {
  /** As the client's. */
  readonly baseUrl: string
  /** The whole API key; the client id is in it. */
  readonly key: string
  /** Some of what the key may; default all. */
  readonly scope?: readonly string[]
  /** A service that is not the API: a token for it. */
  readonly audience?: string
  /** Default: the global one. */
  readonly fetch?: (request: Request) => Promise<Response>
}

interface Token {
  readonly value: string
  /** Milliseconds since the epoch at which it is not used any more. */
  readonly until: number
}

/** Milliseconds before its end: a request has to arrive. */
const margin = 30_000

/**
 * Tokens of an API key by OAuth 2.0 client credentials, a new one shortly before the last is over: as the `key` of a client, or for a
 * service of your own. The key itself is sent to the token's address alone.
 *
 * @throws TenantryProblem `unauthenticated` once the key is over, `invalid_scope`, `invalid_audience`
 * @example
 * const token = clientCredentials({ baseUrl, key: process.env.TENANTRY_KEY ?? '', scope: ['bms.buildings:read'] })
 * const client = createClient({ baseUrl, key: token })
 */
export function clientCredentials(options: ClientCredentialsOptions): () => Promise<string> {
  const { baseUrl, key, scope, audience, fetch = globalThis.fetch } = options
  const send = resilientFetch({ fetch, timeout: 30_000, retries: 4, backOff: 200, patience: 60_000 })
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: key.split('_')[1] ?? '', client_secret: key })
  if (scope !== undefined) form.set('scope', scope.join(' '))
  if (audience !== undefined) form.set('audience', audience)
  let token: Token | undefined
  let underWay: Promise<Token> | undefined

  async function exchange(): Promise<Token> {
    const askedAt = Date.now()
    const address = new URL('/v1/oauth/token', baseUrl)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await send(new Request(address, { method: 'POST', headers, body: form.toString(), redirect: 'error' }))
    if (!answer.ok) throw await problemOf(answer)
    const { access_token: value, expires_in: seconds } = (await answer.json()) as { access_token: string; expires_in: number }
    return { value, until: askedAt + seconds * 1_000 - margin }
  }

  return async () => {
    if (token !== undefined && token.until > Date.now()) return token.value
    underWay ??= exchange().finally(() => {
      underWay = undefined
    })
    token = await underWay
    return token.value
  }
}
