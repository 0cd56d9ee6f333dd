import { z } from 'zod'
import { type Route, reply, route } from '../http/route.ts'
import { refuseOtherSites } from './door.ts'
import { finishSignIn } from './finish-sign-in.ts'
import { Ceremony, Code, CredentialResponse, Email, Password, Person, SignInAnswer, Token } from './schemas.ts'

const tags = ['Sign-in']
/** Each can be sent once only, whatever its headers say. */
const shared = { tags, permission: 'public', idempotency: 'own' } as const
const As = z.enum(['browser', 'program']).default('browser').describe('`program`: tokens in the answer instead of a cookie')
const signInProblems = ['unauthenticated', 'no_active_tenant', 'cross_site', 'not_configured']

const signIn = route({
  ...shared,
  method: 'POST',
  path: '/v1/auth/sign-in',
  operation: 'signIn',
  summary: 'Sign in with address and password',
  description:
    'An unknown address and a wrong password are answered alike. With a second factor the answer has `mfa` and nothing else: ' +
    'send its challenge and a code to `/v1/auth/mfa`.',
  body: z.strictObject({ email: Email, password: Password, as: As }),
  responses: { 200: SignInAnswer },
  problems: signInProblems,
  handle: async ({ services, request, tenant, body: { email, password, as } }) => {
    refuseOtherSites(request)
    const door = services.identity.doorOf(request, tenant)
    const result = await services.identity.signIn(door, email, password)
    return finishSignIn({ services, request, tenant, door, as }, result)
  },
})

const secondStep = route({
  ...shared,
  method: 'POST',
  path: '/v1/auth/mfa',
  operation: 'answerSecondStep',
  summary: 'Sign in: the second step',
  description: 'A code works once. The challenge is over after five minutes or five wrong codes.',
  body: z.union([
    z.strictObject({ challenge: Token, code: Code, as: As }),
    z.strictObject({ challenge: Token, backupCode: z.string().min(10).max(20), as: As }),
  ]),
  responses: { 200: SignInAnswer },
  problems: signInProblems,
  handle: async ({ services, request, tenant, body }) => {
    refuseOtherSites(request)
    const door = services.identity.doorOf(request, tenant)
    const result = await services.identity.secondStep(door, body.challenge, body)
    return finishSignIn({ services, request, tenant, door, as: body.as }, result)
  },
})

const signOut = route({
  method: 'POST',
  path: '/v1/auth/sign-out',
  operation: 'signOut',
  summary: 'Sign out of this session',
  tags,
  permission: 'person',
  idempotency: 'own',
  responses: { 204: null },
  handle: async ({ services, principal, request, tenant }) => {
    const { identity } = services
    if (principal.session.kind === 'browser') await identity.endSessions(principal, { id: principal.session.id })
    await services.tokens.endProgram(principal, request)
    await identity.noteActivity('signed_out', principal.id, identity.doorOf(request, tenant), {})
    return reply(204, undefined, { headers: { 'set-cookie': identity.noCookie } })
  },
})

const beginPasskey = route({
  ...shared,
  method: 'POST',
  path: '/v1/auth/passkeys/options',
  operation: 'beginPasskeySignIn',
  summary: 'Begin to sign in with a passkey',
  responses: { 200: Ceremony },
  problems: ['cross_site'],
  handle: ({ services, request, tenant }) => {
    refuseOtherSites(request)
    return services.identity.passkeys.beginSignIn(services.identity.doorOf(request, tenant))
  },
})

const signInWithPasskey = route({
  ...shared,
  method: 'POST',
  path: '/v1/auth/passkeys/sign-in',
  operation: 'signInWithPasskey',
  summary: 'Sign in with a passkey of this host',
  body: z.strictObject({ challenge: Token, response: CredentialResponse, as: As }),
  responses: { 200: SignInAnswer },
  problems: signInProblems,
  handle: async ({ services, request, tenant, body: { challenge, response, as } }) => {
    refuseOtherSites(request)
    const door = services.identity.doorOf(request, tenant)
    const result = await services.identity.passkeys.signIn(door, challenge, response)
    return finishSignIn({ services, request, tenant, door, as }, result)
  },
})

const askForReset = route({
  ...shared,
  method: 'POST',
  path: '/v1/auth/reset/request',
  operation: 'requestPasswordReset',
  summary: 'Ask for a link to choose a new password',
  description: 'The answer is the same whether or not anybody has the address. The link leads to this host.',
  body: z.strictObject({ email: Email }),
  responses: { 202: null },
  problems: ['not_configured'],
  handle: async ({ services, request, tenant, body: { email } }) => {
    await services.identity.requestReset(services.identity.doorOf(request, tenant), email)
    return reply(202)
  },
})

const reset = route({
  ...shared,
  method: 'POST',
  path: '/v1/auth/reset',
  operation: 'resetPassword',
  summary: 'Choose a new password by the link of a mail',
  description: 'Ends every session and every program of the person, everywhere.',
  body: z.strictObject({ token: Token, password: Password }),
  responses: { 204: null },
  problems: ['link_invalid'],
  handle: async ({ services, request, tenant, body: { token, password } }) => {
    await services.identity.resetPassword(services.identity.doorOf(request, tenant), token, password)
    return reply(204)
  },
})

const askForVerification = route({
  ...shared,
  method: 'POST',
  path: '/v1/auth/verify/request',
  operation: 'requestVerification',
  summary: 'Ask for a link that proves a mail address',
  description: 'The answer is the same whether or not anybody has the address.',
  body: z.strictObject({ email: Email }),
  responses: { 202: null },
  problems: ['not_configured'],
  handle: async ({ services, request, tenant, body: { email } }) => {
    await services.identity.requestVerification(services.identity.doorOf(request, tenant), email)
    return reply(202)
  },
})

const verify = route({
  ...shared,
  method: 'POST',
  path: '/v1/auth/verify',
  operation: 'verifyEmail',
  summary: 'Prove a mail address by the link of a mail',
  body: z.strictObject({ token: Token }),
  responses: { 200: Person },
  problems: ['link_invalid'],
  handle: ({ services, request, tenant, body: { token } }) =>
    services.identity.verifyEmail(services.identity.doorOf(request, tenant), token),
})

export const signInRoutes: readonly Route[] = [
  signIn,
  secondStep,
  signOut,
  beginPasskey,
  signInWithPasskey,
  askForReset,
  reset,
  askForVerification,
  verify,
]
