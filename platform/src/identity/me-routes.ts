import { z } from 'zod'
import type { PersonPrincipal } from '../access/principal.ts'
import { type Route, reply, route, type Services } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import { Ceremony, Code, CredentialResponse, Name, Passkey, Password, Person, Token } from './schemas.ts'

/** Of the person who asks, whatever tenants he belongs to. */
const shared = { tags: ['Sign-in'], permission: 'person', idempotency: 'own' } as const
const Id = z.strictObject({ id: z.uuid() })

async function self({ identity }: Services, { id, realmId }: PersonPrincipal) {
  const person = await identity.findUser(realmId, id)
  if (person === undefined) throw problems.unauthenticated('There is no such person any more.')
  return person
}

const readMe = route({
  ...shared,
  method: 'GET',
  path: '/v1/me',
  operation: 'readMe',
  summary: 'Read who you are',
  responses: { 200: Person },
  handle: ({ services, principal }) => self(services, principal),
})

const updateMe = route({
  ...shared,
  method: 'PATCH',
  path: '/v1/me',
  operation: 'updateMe',
  summary: 'Change your name',
  body: z.strictObject({ name: Name }),
  responses: { 200: Person },
  handle: ({ services, principal, body }) => services.identity.rename(principal.realmId, principal.id, body.name),
})

const changePassword = route({
  ...shared,
  method: 'POST',
  path: '/v1/me/password',
  operation: 'changePassword',
  summary: 'Change your password',
  description: 'Ends every other session and every program of yours, everywhere.',
  body: z.strictObject({ current: Password, password: Password }),
  responses: { 204: null },
  handle: async ({ services, principal, request, tenant, body }) => {
    const door = services.identity.doorOf(request, tenant)
    await services.identity.changePassword(principal, door, body.current, body.password)
    return reply(204)
  },
})

const beginTotp = route({
  ...shared,
  method: 'POST',
  path: '/v1/me/totp',
  operation: 'beginTotp',
  summary: 'Begin a second factor: codes of an app',
  description: 'Nothing is asked for at sign-in before a first code has confirmed it.',
  body: z.strictObject({ password: Password }),
  responses: {
    200: z
      .object({ secret: z.string().meta({ secret: true }), uri: z.string().meta({ secret: true }).describe('For a QR code') })
      .meta({ id: 'TotpSecret' }),
  },
  problems: ['conflict', 'second_factor_required'],
  handle: async ({ services, principal, request, tenant, body }) => {
    const place = await services.branding.nameOf(tenant)
    return services.identity.totp.begin(principal, services.identity.doorOf(request, tenant), body.password, place)
  },
})

const confirmTotp = route({
  ...shared,
  method: 'POST',
  path: '/v1/me/totp/confirm',
  operation: 'confirmTotp',
  summary: 'Confirm the second factor with a first code',
  body: z.strictObject({ code: Code }),
  responses: {
    200: z
      .object({ backupCodes: z.array(z.string()).meta({ secret: true }).describe('Each signs in once; shown this once') })
      .meta({ id: 'BackupCodes' }),
  },
  problems: ['second_factor_required'],
  handle: ({ services, principal, request, tenant, body }) =>
    services.identity.totp.confirm(principal, services.identity.doorOf(request, tenant), body.code),
})

const removeTotp = route({
  ...shared,
  method: 'POST',
  path: '/v1/me/totp/remove',
  operation: 'removeTotp',
  summary: 'Remove the second factor',
  body: z.strictObject({ password: Password, code: Code }),
  responses: { 204: null },
  handle: async ({ services, principal, request, tenant, body }) => {
    const door = services.identity.doorOf(request, tenant)
    await services.identity.totp.remove(principal, door, body.password, body.code)
    return reply(204)
  },
})

const beginPasskey = route({
  ...shared,
  method: 'POST',
  path: '/v1/me/passkeys/options',
  operation: 'beginPasskey',
  summary: 'Begin a passkey for this host',
  body: z.strictObject({ password: Password }),
  responses: { 200: Ceremony },
  problems: ['second_factor_required'],
  handle: async ({ services, principal, request, tenant, body }) => {
    const { passkeys, doorOf } = services.identity
    return passkeys.beginRegistration(principal, doorOf(request, tenant), body.password, await services.branding.nameOf(tenant))
  },
})

const addPasskey = route({
  ...shared,
  method: 'POST',
  path: '/v1/me/passkeys',
  operation: 'addPasskey',
  summary: 'Add the passkey that the authenticator made',
  body: z.strictObject({ challenge: Token, response: CredentialResponse, name: z.string().trim().min(1).max(100) }),
  responses: { 201: Passkey },
  problems: ['conflict', 'second_factor_required'],
  handle: ({ services, principal, request, tenant, body: { challenge, response, name } }) =>
    services.identity.passkeys.register(principal, services.identity.doorOf(request, tenant), challenge, response, name),
})

const listPasskeys = route({
  ...shared,
  method: 'GET',
  path: '/v1/me/passkeys',
  operation: 'listPasskeys',
  summary: 'List your passkeys',
  responses: { 200: z.object({ items: z.array(Passkey) }).meta({ id: 'Passkeys' }) },
  handle: async ({ services, principal }) => ({ items: await services.identity.passkeys.list(principal) }),
})

const removePasskey = route({
  ...shared,
  method: 'DELETE',
  path: '/v1/me/passkeys/{id}',
  operation: 'removePasskey',
  summary: 'Remove a passkey',
  params: Id,
  responses: { 204: null },
  problems: ['second_factor_required'],
  handle: async ({ services, principal, request, tenant, params }) => {
    await services.identity.passkeys.remove(principal, services.identity.doorOf(request, tenant), params.id)
    return reply(204)
  },
})

export const meRoutes: readonly Route[] = [
  readMe,
  updateMe,
  changePassword,
  beginTotp,
  confirmTotp,
  removeTotp,
  beginPasskey,
  addPasskey,
  listPasskeys,
  removePasskey,
]
