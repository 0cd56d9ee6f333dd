import { z } from 'zod'
import { type Route, reply, route } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import { oauthProtocol } from './oauth-protocol.ts'
import { longestForm, readTokenRequest } from './token-request.ts'

const KeyToken = z
  .object({
    access_token: z.string().meta({ secret: true }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('Seconds'),
    scope: z.string().describe('Permissions, by spaces'),
  })
  .meta({ id: 'KeyToken' })

const exchangeKey = route({
  method: 'POST',
  path: '/v1/oauth/token',
  operation: 'exchangeKey',
  summary: 'Exchange an API key for a short token, by OAuth 2.0 client credentials',
  description:
    "RFC 6749, section 4.4: `grant_type=client_credentials`, the client id being the key's public id and the secret the whole key, as " +
    '`Basic` or in the form. `scope` names some of its permissions, `audience` the service that the token is for.',
  tags: ['Tokens'],
  permission: 'public',
  addressRate: 'refused',
  protocol: oauthProtocol,
  idempotency: 'own',
  rawBody: { accepts: ['application/x-www-form-urlencoded'] },
  bodyLimit: longestForm,
  responses: { 200: KeyToken },
  problems: [
    'unauthenticated',
    'unsupported_grant_type',
    'invalid_scope',
    'invalid_audience',
    'tenant_suspended',
    'address_not_allowed',
    'not_configured',
  ],
  handle: async ({ rawBody, tenant, request, services }) => {
    if (rawBody === undefined) throw problems.invalid_request('The request has no form.')
    const asked = readTokenRequest(await textOf(rawBody), request.authorization)
    const { accessToken, expiresIn, scope } = await services.clientCredentials.exchange(asked, tenant?.id, request)
    const body = { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, scope: scope.join(' ') }
    return reply(200, body, { headers: { pragma: 'no-cache' } })
  },
})

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

export const oauthRoutes: readonly Route[] = [exchangeKey]
