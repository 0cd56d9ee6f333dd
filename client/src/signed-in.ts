import { problemOf } from './problem.ts'
import { resilientFetch } from './resilient-fetch.ts'

export interface SignedInOptions {
  /** As the client's. */
  readonly baseUrl: string
  /** What sign-in with `"as": "program"`, a switch of tenant or an earlier refresh answered. */
  readonly refreshToken: string
  /** Told of each next refresh token before it is used: the one before is none soon after. Keep it where secrets are kept. */
  readonly keep: (refreshToken: string) => void | Promise<void>
  /** Default: the global one. */
  readonly fetch?: (request: Request) => Promise<Response>
}

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresAt: string
}

/** Milliseconds before its end at which an access token is not used any more: a request has to arrive. */
const margin = 30_000

/**
 * The `key` of a client that speaks for a person: access tokens from a refresh token, a new one shortly before the last is over.
 * Calls at the same moment wait for one refresh.
 *
 * @throws TenantryProblem `unauthenticated` once the sign-in is over: sign in again
 * @example
 * const key = signedIn({ baseUrl, refreshToken, keep: (next) => writeFile('refresh-token', next, { mode: 0o600 }) })
 * const client = createClient({ baseUrl, key })
 */
export function signedIn({ baseUrl, refreshToken, keep, fetch = globalThis.fetch }: SignedInOptions): () => Promise<string> {
  const send = resilientFetch({ fetch, timeout: 30_000, retries: 4, backOff: 200, patience: 60_000 })
  let current = refreshToken
  let tokens: Tokens | undefined
  let underWay: Promise<Tokens> | undefined

  async function refresh(): Promise<Tokens> {
    const address = new URL('/v1/token/refresh', baseUrl)
    const body = JSON.stringify({ refreshToken: current })
    const headers = { 'content-type': 'application/json' }
    const answer = await send(new Request(address, { method: 'POST', headers, body, redirect: 'error' }))
    if (!answer.ok) throw await problemOf(answer)
    const next = (await answer.json()) as Tokens
    current = next.refreshToken
    await keep(current)
    return next
  }

  return async () => {
    if (tokens !== undefined && Date.parse(tokens.expiresAt) - margin > Date.now()) return tokens.accessToken
    underWay ??= refresh().finally(() => {
      underWay = undefined
    })
    tokens = await underWay
    return tokens.accessToken
  }
}
