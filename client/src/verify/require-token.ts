import type { IncomingMessage, ServerResponse } from 'node:http'
import { TokenRefused, type VerifiedToken, type VerifyToken } from './verify-token.ts'

type Next = (error?: unknown) => void

const tokens = new WeakMap<IncomingMessage, VerifiedToken>()

/**
 * Middleware of `node:http`, Connect and Express: lets a request through whose bearer token counts and has every one of the scopes,
 * and answers 401 or 403 to any other, as RFC 6750 has it. What cannot be checked goes to `next` as an error.
 *
 * @example
 * const verify = tokenVerifier({ baseUrl: 'https://api.example.com', audience: 'reports' })
 * app.get('/reports', requireToken(verify, 'bms.buildings:read'), (request, response) => {
 *   response.json(reportsOf(tokenOf(request).tenantId))
 * })
 */
export function requireToken(verify: VerifyToken, ...scopes: readonly string[]) {
  return async (request: IncomingMessage, response: ServerResponse, next: Next): Promise<void> => {
    try {
      const token = await verify(bearerOf(request))
      const missing = scopes.find((scope) => !token.scopes.has(scope))
      if (missing !== undefined) throw new TokenRefused('insufficient_scope', `The token lacks ${missing}.`)
      tokens.set(request, token)
    } catch (error) {
      if (error instanceof TokenRefused) refuse(response, error, scopes)
      else next(error)
      return
    }
    next()
  }
}

/** The token that `requireToken` let the request through with. @throws where it did not */
export function tokenOf(request: IncomingMessage): VerifiedToken {
  const token = tokens.get(request)
  if (token === undefined) throw new Error('This request went through no `requireToken`.')
  return token
}

function bearerOf({ headers: { authorization } }: IncomingMessage): string {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
}

function refuse(response: ServerResponse, { status, error, message }: TokenRefused, scopes: readonly string[]): void {
  const scope = error === 'insufficient_scope' ? `, scope="${scopes.join(' ')}"` : ''
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'www-authenticate': `Bearer error="${error}"${scope}`,
  })
  response.end(JSON.stringify({ error, error_description: message }))
}
