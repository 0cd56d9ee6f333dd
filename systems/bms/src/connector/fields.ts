import { z } from 'zod'

const Name = z.string().trim().min(1).max(100)

/** What a controller calls the parts of its answer. Plain names of fields, not paths. */
export const ConnectorFields = z
  .strictObject({
    points: Name.default('points'),
    pointType: Name.default('point_type'),
    unit: Name.default('unit'),
    time: Name.default('time'),
    value: Name.default('value'),
    sensor: Name.default('sensor'),
  })
  .meta({ id: 'BmsConnectorFields', description: 'What the controller calls the parts of its answer.' })

export type ConnectorFields = z.output<typeof ConnectorFields>
