import { z } from 'zod'
import { originOf } from '../audit/origin.ts'
import type { TenantEntry } from '../directory/entries.ts'
import { type RequestInfo, type Route, reply, route, type Services } from '../http/route.ts'
import type { Door } from '../identity/identity.ts'
import { sharedRealm } from '../identity/realms.ts'
import { problems } from '../problems/catalogue.ts'
import { Address, PersonName } from './schemas.ts'
import type { Founded } from './sign-ups.ts'

const tags = ['Sign-up'] as const
const Slug = z.string().min(1).max(100)
const Token = z.string().min(1).max(200).meta({ secret: true })

/** Tenants begin on the installation's own address; a tenant's host, or the operators', has no sign-up. */
function ownDoor({ identity }: Services, request: RequestInfo, tenant: TenantEntry | undefined): Door {
  const door = identity.doorOf(request, tenant)
  if (door.tenantId !== undefined || door.realmId !== sharedRealm) throw problems.not_found('There is nothing here.')
  return door
}

const FoundedTenant = z
  .object({
    tenant: z.object({ id: z.uuid(), slug: z.string(), name: z.string(), system: z.string(), tier: z.string() }),
    memberId: z.uuid(),
    email: z.string().describe("The first owner's: he signs in with it"),
  })
  .meta({ id: 'FoundedTenant' })

const founded = ({ tenant, memberId, email }: Founded) => reply(201, { tenant, memberId, email })

const requestSignUp = route({
  method: 'POST',
  path: '/v1/sign-ups',
  operation: 'requestSignUp',
  summary: 'Ask for a tenant of your own; a mail with a link comes',
  description: 'The answer is the same whether or not the address is known. Nothing is made before the mail is confirmed.',
  tags,
  permission: 'public',
  body: z.strictObject({
    email: Address,
    system: z.string().max(64),
    tier: z.string().max(64).optional(),
    slug: Slug,
    tenantName: z.string().trim().min(1).max(200),
  }),
  responses: { 202: z.object({ sent: z.literal(true) }).meta({ id: 'SignUpAsked' }) },
  problems: ['slug_taken'],
  handle: async ({ body, request, tenant, services }) => {
    await services.signUps.request(body, ownDoor(services, request, tenant))
    return reply(202, { sent: true })
  },
})

const checkSlugAvailable = route({
  method: 'GET',
  path: '/v1/sign-ups/slug',
  operation: 'checkSlug',
  summary: 'Ask whether a slug can be had',
  tags,
  permission: 'public',
  query: z.strictObject({ slug: Slug }),
  responses: { 200: z.object({ slug: z.string(), available: z.boolean() }).meta({ id: 'SlugAvailability' }) },
  handle: async ({ query: { slug }, request, tenant, services }) => {
    ownDoor(services, request, tenant)
    return { slug, available: await services.signUps.isAvailable(slug) }
  },
})

const confirmSignUp = route({
  method: 'POST',
  path: '/v1/sign-ups/confirm',
  operation: 'confirmSignUp',
  summary: 'Confirm a sign-up: makes account, tenant and first owner',
  description:
    'Should the slug have gone to somebody else meanwhile, confirm again with another one. With a name and a password it makes an account. ' +
    'With a password alone it is that of the account there is, with `code` where that has a second factor.',
  tags,
  permission: 'public',
  body: z.strictObject({
    token: Token,
    name: PersonName.optional(),
    password: z.string().min(1).max(1000).meta({ secret: true }),
    code: z.string().min(6).max(10).optional().describe('Of the second factor of the account there is').meta({ secret: true }),
    slug: Slug.optional(),
  }),
  responses: { 201: FoundedTenant },
  problems: ['link_invalid', 'slug_taken', 'sign_in_required', 'unauthenticated'],
  handle: async ({ body: { token, slug, ...account }, request, tenant, services }) => {
    const door = ownDoor(services, request, tenant)
    return founded(await services.signUps.confirm(token, account, slug, door, originOf(request)))
  },
})

const confirmSignUpSignedIn = route({
  method: 'POST',
  path: '/v1/sign-ups/confirm-signed-in',
  operation: 'confirmSignUpSignedIn',
  summary: 'Confirm a sign-up as who you are signed in',
  tags,
  permission: 'person',
  body: z.strictObject({ token: Token, slug: Slug.optional() }),
  responses: { 201: FoundedTenant },
  problems: ['link_invalid', 'slug_taken'],
  handle: async ({ body: { token, slug }, principal, request, tenant, services }) => {
    ownDoor(services, request, tenant)
    return founded(await services.signUps.confirmAs(token, principal, slug, originOf(request)))
  },
})

export const signUpRoutes: readonly Route[] = [requestSignUp, checkSlugAvailable, confirmSignUp, confirmSignUpSignedIn]
