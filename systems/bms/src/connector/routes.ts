import { type Route, reply, route } from 'tenantry'
import { z } from 'zod'
import { BuildingPath } from '../data/schemas.ts'
import { removeConnector } from './connector-queries.ts'
import { poll } from './poll.ts'
import { Connector, NewConnector, shownConnector } from './schemas.ts'
import { existingConnector, noConnector, setConnector } from './set-connector.ts'

const path = '/v1/bms/buildings/{id}/connector'
const common = { tags: ['bms'], params: BuildingPath, problems: ['building_not_granted'] } as const

const readConnector = route({
  ...common,
  method: 'GET',
  path,
  operation: 'readConnector',
  summary: "Read how a building's controller is polled, and when it last worked",
  permission: 'bms.connectors:read',
  responses: { 200: Connector },
  handle: async ({ scope, params }) => shownConnector(await existingConnector(scope, params.id)),
})

const putConnector = route({
  ...common,
  method: 'PUT',
  path,
  operation: 'setConnector',
  summary: "Have a building's controller polled for points",
  description: 'Replaces what was set before, but for a secret that is left out. It is polled at once, then every `pollSeconds`.',
  permission: 'bms.connectors:write',
  body: NewConnector,
  responses: { 200: Connector },
  problems: [...common.problems, 'conflict', 'not_configured'],
  handle: async ({ scope, params, body, services }) =>
    shownConnector(await setConnector(scope, services.secrets, params.id, body)),
})

const deleteConnector = route({
  ...common,
  method: 'DELETE',
  path,
  operation: 'deleteConnector',
  summary: "Poll a building's controller no more, and forget its secret",
  description: 'Its points stay.',
  permission: 'bms.connectors:write',
  responses: { 204: null },
  handle: async ({ scope, params }) => {
    if (!(await removeConnector(scope, params.id))) throw await noConnector(scope, params.id)
    return reply(204)
  },
})

const PollResult = z
  .strictObject({
    code: z.string().meta({ description: '`ok`, or why no points came; see the guide on connectors.' }),
    points: z.int(),
    refused: z.int().meta({ description: 'Points that could not be kept.' }),
  })
  .meta({ id: 'BmsPollResult' })

const testConnector = route({
  ...common,
  method: 'POST',
  path: `${path}/test`,
  operation: 'testConnector',
  summary: "Poll a building's controller now, and tell what came of it",
  description: 'Points that come are stored, as at any other poll.',
  permission: 'bms.connectors:write',
  // No transaction of ours waits for somebody else's controller.
  idempotency: 'own',
  responses: { 200: PollResult },
  handle: async ({ scope, params, services, request }) => {
    const { code, points, refused } = await poll(scope, services, await existingConnector(scope, params.id), request.signal)
    return { code, points, refused }
  },
})

export const connectorRoutes: readonly Route[] = [readConnector, putConnector, deleteConnector, testConnector]
