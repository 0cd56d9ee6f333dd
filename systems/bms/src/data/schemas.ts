import {
  AggregateList,
  IdList,
  InstantText,
  PointType,
  PointTypeList,
  queryInteger,
  SeriesLabel,
  Unit,
  WindowText,
} from 'tenantry'
import { z } from 'zod'

export const BuildingPath = z.strictObject({ id: z.uuid() })

export const DataQuery = z.strictObject({
  start: InstantText,
  end: InstantText,
  point_type: PointTypeList.optional(),
  sensor_id: IdList.optional(),
  window: WindowText.optional(),
  aggregate: AggregateList.optional(),
  points: queryInteger(2, 4_000)
    .meta({ description: 'Instead of `window`: at most two values per pixel of a picture so many pixels wide, spikes kept.' })
    .optional(),
  format: z.enum(['json', 'csv']).optional().meta({ description: 'Instead of the `Accept` header.' }),
})
export type DataQuery = z.output<typeof DataQuery>

export const Sensor = z.strictObject({ sensorId: z.uuid(), pointType: PointType, unit: Unit, sensor: SeriesLabel })

const figure = z.number().optional()

export const DataPoint = z
  .strictObject({
    time: z.string().meta({ description: 'RFC 3339, UTC; of a window, its start.', format: 'date-time' }),
    value: figure,
    min: figure,
    max: figure,
    mean: figure,
    sum: figure,
    count: z.int().optional(),
    last: figure,
    p95: figure,
  })
  .meta({ id: 'BmsDataPoint', description: 'A point has `value`; a window has the aggregates that were asked for.' })

export const BuildingData = z
  .strictObject({
    buildingId: z.uuid(),
    timeZone: z.string(),
    start: z.string().meta({ format: 'date-time' }),
    end: z.string().meta({ format: 'date-time' }),
    window: z.string().nullable(),
    pixelSeconds: z.number().optional().meta({ description: 'With `points`: how long a pixel is.' }),
    series: z.array(Sensor.extend({ points: z.array(DataPoint) })),
  })
  .meta({ id: 'BmsBuildingData' })

const mostCompared = 10

export const ComparisonQuery = DataQuery.omit({ format: true }).extend({
  building_id: IdList.refine((ids) => ids.length <= mostCompared, `At most ${mostCompared} buildings at once.`),
})
export type ComparisonQuery = z.output<typeof ComparisonQuery>

export const BuildingComparison = z.strictObject({ buildings: z.array(BuildingData) }).meta({ id: 'BmsBuildingComparison' })
