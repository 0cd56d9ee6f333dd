import { PointType, resource, SeriesLabel, TimeZone, Unit } from 'tenantry'
import { z } from 'zod'

export const buildings = resource({
  system: 'bms',
  singular: 'building',
  plural: 'buildings',
  table: 'bms.buildings',
  fields: {
    name: z.string().trim().min(1).max(200),
    address: z.string().max(500).optional(),
    timeZone: TimeZone.default('UTC'),
    networkId: z.string().max(100).optional(),
  },
  sorts: ['name'],
  search: true,
  grantedBy: 'id',
  counts: 'buildings',
})

export const sensors = resource({
  system: 'bms',
  singular: 'sensor',
  plural: 'sensors',
  table: 'bms.sensors',
  fields: {
    buildingId: z.uuid(),
    pointType: PointType,
    unit: Unit.default(''),
    name: SeriesLabel.default(''),
  },
  immutable: ['buildingId', 'pointType', 'unit'],
  filters: { buildingId: 'equals', pointType: 'equals' },
  search: true,
  references: { buildingId: 'bms.buildings' },
  grantedBy: 'buildingId',
  counts: 'sensors',
})
