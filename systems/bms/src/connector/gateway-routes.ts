import { type Route, route } from 'tenantry'
import { z } from 'zod'
import { BuildingPath } from '../data/schemas.ts'
import { admitGateway, existingGateway } from './gateway.ts'
import { ControllerUrl, Secret } from './schemas.ts'

const path = '/v1/bms/buildings/{id}/gateway'

const Time = z.string().meta({ format: 'date-time' })

const Gateway = z
  .strictObject({
    buildingId: z.uuid(),
    networkId: z.string(),
    nodeId: z.string(),
    askedAt: Time,
    code: z.string().meta({ description: '`ok`, or why the gateway was not let in when that was asked last.' }),
    authorisedAt: Time.nullable().meta({ description: 'When this gateway was let into this network.' }),
  })
  .meta({ id: 'BmsGateway' })

const readGateway = route({
  method: 'GET',
  path,
  operation: 'readGateway',
  summary: "Read which gateway a building's network was asked for, and what came of it",
  tags: ['bms'],
  permission: 'bms.connectors:read',
  params: BuildingPath,
  responses: { 200: Gateway },
  problems: ['building_not_granted'],
  handle: ({ scope, params }) => existingGateway(scope, params.id),
})

const authoriseGateway = route({
  method: 'POST',
  path: `${path}/authorise`,
  operation: 'authoriseGateway',
  summary: "Let a building's gateway into the building's network, by ZeroTier's API",
  description: 'The token is used for this one call and kept nowhere. The network is the `networkId` of the building.',
  tags: ['bms'],
  permission: 'bms.connectors:write',
  idempotency: 'own',
  params: BuildingPath,
  body: z
    .strictObject({
      nodeId: z.string().regex(/^[0-9a-f]{10}$/, 'Must be the address of a node: 10 digits, 0-9 and a-f.'),
      token: Secret,
      central: ControllerUrl.default('https://api.zerotier.com/'),
    })
    .meta({ id: 'BmsGatewayAdmission' }),
  responses: { 200: Gateway },
  problems: ['building_not_granted', 'conflict'],
  handle: ({ scope, params, body, services, request }) => admitGateway(scope, services, params.id, body, request.signal),
})

export const gatewayRoutes: readonly Route[] = [readGateway, authoriseGateway]
