import { z } from 'zod'
import { type Route, reply, route } from '../http/route.ts'
import { refuseOtherSites } from '../identity/door.ts'
import { problems } from '../problems/catalogue.ts'
import { AccessToken, HandOffToken, ProgramTokens, PublicKeys, RefreshToken, TenantSwitch } from './schemas.ts'

/** Each answer is for its one caller: nothing of it is kept for a repetition. */
const shared = { tags: ['Tokens'], idempotency: 'own' } as const

const mintToken = route({
  ...shared,
  method: 'POST',
  path: '/v1/token',
  operation: 'mintToken',
  summary: 'Make an access token from the session of the cookie',
  description:
    "For the tenant of the host. On the bare domain and the API's host for `tenantId`, else for the tenant preferred last, else " +
    'for the oldest membership in an active one.',
  permission: 'person',
  body: z.strictObject({ tenantId: z.uuid().optional() }).optional(),
  responses: { 200: AccessToken },
  problems: ['no_active_tenant', 'cross_site', 'not_configured'],
  handle: ({ principal, tenant, body, request, services }) => {
    if (tenant !== undefined && body?.tenantId !== undefined && body.tenantId !== tenant.id) throw nothingHere()
    return services.tokens.mintFor(principal, tenant?.id ?? body?.tenantId, request)
  },
})

const refreshToken = route({
  ...shared,
  method: 'POST',
  path: '/v1/token/refresh',
  operation: 'refreshToken',
  summary: "Exchange a program's refresh token for the next one",
  description:
    'Each is used once. For ten seconds the last one is answered with the same successor again; later it ends the whole ' +
    'sign-in, because then somebody else has it too.',
  permission: 'public',
  body: z.strictObject({ refreshToken: RefreshToken }),
  responses: { 200: ProgramTokens },
  problems: ['unauthenticated', 'not_configured'],
  handle: ({ body, tenant, request, services }) => services.tokens.refresh(body.refreshToken, tenant?.id, request),
})

const revokeToken = route({
  ...shared,
  method: 'POST',
  path: '/v1/token/revoke',
  operation: 'revokeToken',
  summary: 'Sign a program out: its refresh token and its access tokens are over',
  description: 'Answers the same whatever the token is.',
  permission: 'public',
  body: z.strictObject({ refreshToken: RefreshToken }),
  responses: { 204: null },
  problems: ['not_configured'],
  handle: async ({ body, tenant, request, services }) => {
    await services.tokens.revoke(body.refreshToken, tenant?.id, request)
    return reply(204)
  },
})

const ChosenTenant = z.union([
  z.strictObject({ tenantId: z.uuid(), refreshToken: RefreshToken.optional() }),
  z.strictObject({ slug: z.string().min(1).max(40), refreshToken: RefreshToken.optional() }),
])

const switchTenant = route({
  ...shared,
  method: 'POST',
  path: '/v1/me/tenant',
  operation: 'switchTenant',
  summary: 'Go to another tenant of yours, and prefer it from now on',
  description:
    "A browser gets a link to the tenant's host, good for a minute and once. A program shows its present refresh token and gets " +
    'tokens of the other tenant beside those it has.',
  permission: 'person',
  body: ChosenTenant,
  responses: { 200: TenantSwitch },
  problems: ['no_active_tenant', 'cross_site', 'not_configured'],
  handle: async ({ principal, body, request, services }) => {
    const { tenantId } = 'tenantId' in body ? body : await services.tokens.tenantNamed(principal, body.slug)
    if (principal.session.kind === 'program') {
      if (body.refreshToken === undefined) throw refreshTokenMissing()
      const tokens = await services.tokens.switchProgram(principal, body.refreshToken, tenantId, request)
      await services.tokens.prefer(principal, tenantId)
      return tokens
    }
    const handOff = await services.tokens.handOff(principal, tenantId, request)
    await services.tokens.prefer(principal, tenantId)
    return handOff
  },
})

const acceptHandOff = route({
  ...shared,
  method: 'POST',
  path: '/v1/auth/hand-off',
  operation: 'acceptHandOff',
  summary: "Begin a session on this tenant's host, coming from another",
  permission: 'public',
  body: z.strictObject({ token: HandOffToken }),
  responses: { 204: null },
  problems: ['unauthenticated', 'no_active_tenant', 'cross_site', 'not_configured'],
  handle: async ({ body, tenant, request, services }) => {
    refuseOtherSites(request)
    if (tenant === undefined) throw nothingHere()
    const person = await services.tokens.acceptHandOff(body.token, tenant.id, request)
    const door = services.identity.doorOf(request, tenant)
    const { cookie } = await services.identity.startSession(person, door, person.methods)
    return reply(204, undefined, { headers: { 'set-cookie': cookie } })
  },
})

const readPublicKeys = route({
  method: 'GET',
  path: '/.well-known/jwks.json',
  operation: 'readPublicKeys',
  summary: 'Read the public keys that access tokens are signed with',
  tags: ['Tokens'],
  permission: 'public',
  addressRate: 'published',
  responses: { 200: PublicKeys },
  handle: async ({ services }) =>
    // A new key signs at once, so nobody keeps this for long; one who finds no key for a token asks again.
    reply(200, await services.tokens.publicKeys(), { headers: { 'cache-control': 'public, max-age=60' } }),
})

function nothingHere() {
  return problems.not_found('There is nothing here.')
}

function refreshTokenMissing() {
  return problems.invalid_request('A program shows its refresh token to go to another tenant.', {
    errors: [{ in: 'body', pointer: '/refreshToken', message: 'is needed here' }],
  })
}

export const tokenRoutes: readonly Route[] = [mintToken, refreshToken, revokeToken, switchTenant, acceptHandOff, readPublicKeys]
