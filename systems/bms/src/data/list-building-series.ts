import { listSeries, route } from 'tenantry'
import { z } from 'zod'
import { namingBuilding } from '../naming-building.ts'
import { bmsPoints } from '../point-store.ts'
import { BuildingPath, Sensor } from './schemas.ts'

const Span = z.string().meta({ description: 'RFC 3339, UTC; null without points.', format: 'date-time' }).nullable()

const BuildingSeries = z
  .strictObject({
    buildingId: z.uuid(),
    timeZone: z.string(),
    firstAt: Span,
    lastAt: Span,
    items: z.array(Sensor),
  })
  .meta({ id: 'BmsBuildingSeries' })

export const listBuildingSeries = route({
  method: 'GET',
  path: '/v1/bms/buildings/{id}/series',
  operation: 'listBuildingSeries',
  summary: 'List what is measured in a building, and since when',
  tags: ['bms'],
  permission: 'bms.buildings:read',
  logged: 'building.read',
  params: BuildingPath,
  responses: { 200: BuildingSeries },
  problems: ['building_not_granted', 'store_unavailable'],
  handle: async ({ scope, params, services }) => {
    const store = services.points.open(bmsPoints)
    const { timeZone, firstAt, lastAt, series } = await namingBuilding(listSeries(scope, store, params.id))
    const items = series.map(({ id, pointType, unit, name }) => ({ sensorId: id, pointType, unit, sensor: name }))
    return { buildingId: params.id, timeZone, firstAt, lastAt, items }
  },
})
