import { type Lot, RowPacker, route, writeLots } from 'tenantry'
import { z } from 'zod'
import { bmsPoints } from '../point-store.ts'
import { inBuildingWords } from './find-buildings.ts'
import { NewPoint } from './schemas.ts'

const NewBuildingPoints = z
  .strictObject({
    points: z
      .array(NewPoint.extend({ buildingId: z.uuid() }).meta({ id: 'BmsNewBuildingPoint' }))
      .min(1)
      .max(10_000),
  })
  .meta({ id: 'BmsNewBuildingPoints' })

export const writeManyPoints = route({
  method: 'POST',
  path: '/v1/bms/points',
  operation: 'writeManyPoints',
  summary: 'Store points of several buildings',
  description: 'All are stored or none, over all buildings. Sensors that the points name are made where there are none.',
  tags: ['bms'],
  permission: 'bms.points:write',
  idempotency: 'own',
  bodyLimit: 8 * 1_048_576,
  query: z.strictObject({
    batch: z.string().min(1).max(200).optional().meta({
      description: 'Names this lot of points: sent again under the same name, nothing is stored twice.',
    }),
  }),
  body: NewBuildingPoints,
  responses: { 200: z.strictObject({ stored: z.int() }).meta({ id: 'BmsPointsCount' }) },
  problems: ['building_not_found', 'building_not_granted', 'quota_exceeded', 'store_unavailable'],
  handle: ({ scope, query, body, services }) =>
    writeLots(scope, services.points.open(bmsPoints), lotsOf(body), { batch: query.batch }).catch(inBuildingWords),
})

function lotsOf({ points }: z.output<typeof NewBuildingPoints>): Lot[] {
  const packers = new Map<string, RowPacker>()
  for (const { buildingId, sensor, ...point } of points) {
    const id = buildingId.toLowerCase()
    const packer = packers.get(id) ?? new RowPacker()
    packers.set(id, packer)
    packer.add({ ...point, name: sensor })
  }
  return [...packers].map(([parentId, packer]) => ({ parentId, rows: packer.finish() }))
}
