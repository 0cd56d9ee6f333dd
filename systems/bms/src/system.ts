import { defineSystem } from 'tenantry'
import { attackFixtures } from './attack-fixtures.ts'
import { gatewayRoutes } from './connector/gateway-routes.ts'
import { pollControllers } from './connector/poll.ts'
import { connectorRoutes } from './connector/routes.ts'
import { compareBuildings } from './data/compare-buildings.ts'
import { followBuilding } from './data/follow-building.ts'
import { listBuildingSeries } from './data/list-building-series.ts'
import { readBuildingData } from './data/read-building-data.ts'
import { onboarding, stats } from './overview.ts'
import { bmsPoints } from './point-store.ts'
import { pingInflux, readInfluxHealth, writeInfluxV1, writeInfluxV2 } from './points/influx-routes.ts'
import { writeBuildingPoints } from './points/write-building-points.ts'
import { writeManyPoints } from './points/write-many-points.ts'
import { bmsProblems } from './problems.ts'
import { buildings, sensors } from './resources.ts'
import { views } from './views.ts'

/** Of programs. A controller that sends once a minute makes some 44,000 a month. */
const apiCalls = (max: number | null) => ({ max, kind: 'metered', period: 'month' }) as const

/** Building analytics for facility managers. Everything a tenant of it has is declared here and in `migrations/`. */
export const bms = defineSystem({
  name: 'bms',
  title: 'Building analytics',
  migrations: new URL('../migrations/', import.meta.url),
  permissions: {
    'bms.buildings:read': 'See buildings and read their points',
    'bms.buildings:write': 'Create, change and delete buildings',
    'bms.sensors:read': 'See sensors',
    'bms.sensors:write': 'Create, change and delete sensors',
    'bms.points:write': 'Store points',
    'bms.connectors:read': 'See how controllers of buildings are polled',
    'bms.connectors:write': 'Set connectors and their secrets, and let gateways into networks',
  },
  roles: {
    owner: [
      'bms.buildings:read',
      'bms.buildings:write',
      'bms.sensors:read',
      'bms.sensors:write',
      'bms.points:write',
      'bms.connectors:read',
      'bms.connectors:write',
    ],
    admin: [
      'bms.buildings:read',
      'bms.buildings:write',
      'bms.sensors:read',
      'bms.sensors:write',
      'bms.points:write',
      'bms.connectors:read',
      'bms.connectors:write',
    ],
    manager: ['bms.buildings:read', 'bms.buildings:write', 'bms.sensors:read', 'bms.sensors:write', 'bms.points:write'],
    user: ['bms.buildings:read', 'bms.sensors:read', 'bms.points:write'],
    viewer: ['bms.buildings:read', 'bms.sensors:read'],
  },
  tiers: {
    base: { features: [], limits: { buildings: 10, sensors: 500, api_calls: apiCalls(1_000_000) } },
    enterprise: { features: ['custom_domain'], limits: { buildings: null, sensors: null, api_calls: apiCalls(null) } },
  },
  addOns: {
    custom_domain: {
      title: 'Custom domain',
      features: ['custom_domain'],
      prices: { currency: 'GBP', monthly: 1_000, once: 5_000 },
    },
  },
  tokenMinutes: 60,
  signup: 'open',
  onboarding,
  stats,
  problems: bmsProblems,
  resources: [buildings, sensors],
  pointStores: [bmsPoints],
  routes: [
    readBuildingData,
    compareBuildings,
    followBuilding,
    listBuildingSeries,
    writeBuildingPoints,
    writeManyPoints,
    writeInfluxV2,
    writeInfluxV1,
    pingInflux,
    readInfluxHealth,
    ...connectorRoutes,
    ...gatewayRoutes,
  ],
  recurring: [pollControllers],
  views,
  attack: attackFixtures,
})
