import { z } from 'zod'
import { type Route, reply, route } from '../http/route.ts'
import { operatorsRealm } from '../identity/realms.ts'
import { byLink } from '../identity/second-factor.ts'
import { problems } from '../problems/catalogue.ts'
import { acceptUrl } from './operator-invitations.ts'

const Time = z.string().meta({ format: 'date-time' })
const OperatorPath = z.strictObject({ id: z.uuid() })

const operator = { id: z.uuid(), email: z.string(), name: z.string(), createdAt: Time, disabledAt: Time.nullable() }
const Operator = z.object(operator).meta({ id: 'Operator' })
const operatorKey = { id: z.uuid(), publicId: z.string(), expiresAt: Time, revokedAt: Time.nullable(), createdAt: Time }
const OperatorKey = z.object(operatorKey).meta({ id: 'OperatorKey' })
const CreatedOperatorKey = z
  .object({ ...operatorKey, credential: z.string().meta({ secret: true }).optional() })
  .meta({ id: 'CreatedOperatorKey' })

const shared = { permission: 'operator', tags: ['Operators'] } as const

const createOperator = route({
  ...shared,
  method: 'POST',
  path: '/v1/operators',
  operation: 'createOperator',
  summary: 'Make an operator',
  body: z.strictObject({ email: z.email().max(254), name: z.string().min(1).max(200) }),
  responses: { 201: Operator },
  problems: ['conflict'],
  handle: async ({ body, services }) => reply(201, await services.operators.create(body)),
})

const listOperators = route({
  ...shared,
  method: 'GET',
  path: '/v1/operators',
  operation: 'listOperators',
  summary: 'List operators',
  responses: { 200: z.object({ items: z.array(Operator) }).meta({ id: 'Operators' }) },
  handle: async ({ services }) => ({ items: await services.operators.list() }),
})

const disableOperator = route({
  ...shared,
  method: 'POST',
  path: '/v1/operators/{id}/disable',
  operation: 'disableOperator',
  summary: 'Disable an operator: all of his keys are out within a second',
  params: OperatorPath,
  responses: { 200: Operator },
  handle: ({ params, services }) => services.operators.disable(params.id),
})

const createOperatorKey = route({
  ...shared,
  method: 'POST',
  path: '/v1/operators/{id}/keys',
  operation: 'createOperatorKey',
  summary: "Make an operator's key; the answer is the only time it is shown",
  params: OperatorPath,
  body: z.strictObject({ days: z.int().min(1).max(366).optional().describe('Days until it expires; 90 unless said') }),
  responses: { 201: CreatedOperatorKey },
  handle: async ({ params, body, services }) => {
    const { key, credential } = await services.operators.createKey(params.id, body.days)
    return reply(201, { ...key, credential })
  },
})

const listOperatorKeys = route({
  ...shared,
  method: 'GET',
  path: '/v1/operators/{id}/keys',
  operation: 'listOperatorKeys',
  summary: "List an operator's keys",
  params: OperatorPath,
  responses: { 200: z.object({ items: z.array(OperatorKey) }).meta({ id: 'OperatorKeys' }) },
  handle: async ({ params, services }) => ({ items: await services.operators.listKeys(params.id) }),
})

const revokeOperatorKey = route({
  ...shared,
  method: 'DELETE',
  path: '/v1/operators/{id}/keys/{keyId}',
  operation: 'revokeOperatorKey',
  summary: "Revoke an operator's key",
  params: z.strictObject({ id: z.uuid(), keyId: z.uuid() }),
  responses: { 204: null },
  handle: async ({ params, services }) => {
    await services.operators.revokeKey(params.id, params.keyId)
    return reply(204)
  },
})

const inviteOperator = route({
  ...shared,
  method: 'POST',
  path: '/v1/operators/{id}/invitations',
  operation: 'inviteOperator',
  summary: 'Make a link with which the operator chooses a password; earlier links are none any more',
  params: OperatorPath,
  responses: {
    201: z
      .object({ url: z.string().meta({ secret: true }).optional().describe('For 24 hours, once'), expiresAt: Time })
      .meta({ id: 'OperatorInvitation' }),
  },
  handle: async ({ params, services, request }) => {
    const { token, expiresAt } = await services.operators.inviteAgain(params.id)
    return reply(201, { url: acceptUrl(request.origin, token), expiresAt })
  },
})

const acceptInvitation = route({
  method: 'POST',
  path: '/v1/operators/accept',
  operation: 'acceptOperatorInvitation',
  summary: 'Choose a password by the link of an invitation',
  description:
    'Begins a session in which who has no second factor sets up his first one; nowhere else can he. Who has one signs in with it.',
  tags: ['Operators'],
  permission: 'public',
  idempotency: 'own',
  body: z.strictObject({ token: z.string().regex(/^[\w-]{43}$/), password: z.string().min(1).max(1_000) }),
  responses: {
    200: z
      .object({ ...operator, secondFactor: z.boolean().describe('Whether he has one, and signs in with it') })
      .meta({ id: 'AcceptedOperator' }),
  },
  problems: ['invitation_invalid', 'not_found'],
  handle: async ({ body, services, request, tenant }) => {
    const door = services.identity.doorOf(request, tenant)
    if (door.realmId !== operatorsRealm) throw problems.not_found('There is nothing here.')
    const { operator, person, secondFactor } = await services.operators.accept(body.token, body.password)
    const { cookie } = await services.identity.startSession(person, door, ['password', byLink])
    return reply(200, { ...operator, secondFactor }, { headers: { 'set-cookie': cookie } })
  },
})

const mintOperatorToken = route({
  method: 'POST',
  path: '/v1/operators/token',
  operation: 'mintOperatorToken',
  summary: "Mint an operator's access token from a session that had a second factor",
  tags: ['Operators'],
  permission: 'person',
  idempotency: 'own',
  responses: { 200: z.object({ accessToken: z.string().meta({ secret: true }), expiresAt: Time }).meta({ id: 'OperatorToken' }) },
  problems: ['not_found', 'second_factor_required'],
  handle: ({ principal, services, request }) => services.operators.mintToken(principal, request.origin),
})

export const operatorRoutes: readonly Route[] = [
  createOperator,
  listOperators,
  disableOperator,
  inviteOperator,
  acceptInvitation,
  mintOperatorToken,
  createOperatorKey,
  listOperatorKeys,
  revokeOperatorKey,
]
