import { z } from 'zod'
import { type Route, reply, route } from '../http/route.ts'
import { problems } from '../problems/catalogue.ts'
import { Session } from './schemas.ts'

/** Of the person who asks, in whatever tenants he is signed in. */
const shared = { tags: ['Sign-in'], permission: 'person', idempotency: 'own' } as const

const listSessions = route({
  ...shared,
  method: 'GET',
  path: '/v1/me/sessions',
  operation: 'listSessions',
  summary: 'List the browsers and programs in which you are signed in, the newest first',
  description: 'At most 200 of each.',
  responses: { 200: z.object({ items: z.array(Session) }).meta({ id: 'Sessions' }) },
  handle: async ({ services, principal }) => {
    const [browsers, programs] = await Promise.all([
      services.identity.listSessions(principal),
      services.tokens.listPrograms(principal),
    ])
    const items = [
      ...browsers.map((each) => ({ ...each, kind: 'browser' as const })),
      ...programs.map((each) => ({ ...each, kind: 'program' as const })),
    ]
    return {
      items: items
        // Ids say when they were made.
        .sort((one, other) => (one.id < other.id ? 1 : -1))
        .map((each) => ({ ...each, current: each.id === principal.session.id })),
    }
  },
})

const endOtherSessions = route({
  ...shared,
  method: 'DELETE',
  path: '/v1/me/sessions',
  operation: 'endOtherSessions',
  summary: 'Sign out everywhere else: browsers and programs, in every tenant',
  responses: { 204: null },
  handle: async ({ services, principal, request }) => {
    // Browsers first: they could make new hand-offs.
    await services.identity.endSessions(principal, { except: principal.session.id })
    await services.tokens.endOtherPrograms(principal, request)
    return reply(204)
  },
})

const endSession = route({
  ...shared,
  method: 'DELETE',
  path: '/v1/me/sessions/{id}',
  operation: 'endSession',
  summary: 'Sign out of one browser or program: it is out within a second, everywhere',
  params: z.strictObject({ id: z.uuid() }),
  responses: { 204: null },
  handle: async ({ services, principal, request, params: { id } }) => {
    const ended = (await services.identity.endSessions(principal, { id })) > 0
    if (!ended && !(await services.tokens.endOwnProgram(principal, id, request))) {
      throw problems.not_found('There is no such session.')
    }
    return reply(204)
  },
})

export const sessionRoutes: readonly Route[] = [listSessions, endOtherSessions, endSession]
