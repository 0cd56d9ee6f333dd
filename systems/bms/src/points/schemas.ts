import { InstantText, PointType, SeriesLabel, TimeZone, Unit } from 'tenantry'
import { z } from 'zod'

export const NewPoint = z
  .strictObject({
    time: InstantText,
    pointType: PointType,
    value: z.number(),
    unit: Unit.default(''),
    sensor: SeriesLabel.default(''),
  })
  .meta({ id: 'BmsNewPoint' })

export const NewPoints = z.strictObject({ points: z.array(NewPoint).min(1).max(10_000) }).meta({ id: 'BmsNewPoints' })
export type NewPoints = z.output<typeof NewPoints>

const Column = z.string().min(1).max(100)

/** How a file's columns are to be read. A constant (`point_type`) stands for the whole file, instead of the column. */
export const PointsQuery = z.strictObject({
  batch: z.string().min(1).max(200).optional().meta({
    description: 'Names this lot of points: sent again under the same name, nothing is stored twice.',
  }),
  partial: z.enum(['true', 'false']).optional().meta({ description: 'CSV: keep the good lines even if there are bad ones.' }),
  time_zone: TimeZone.optional().meta({ description: 'CSV: zone of times that carry no offset.' }),
  time_column: Column.default('time'),
  value_column: Column.default('value'),
  point_type_column: Column.default('point_type'),
  unit_column: Column.optional(),
  sensor_column: Column.optional(),
  point_type: PointType.optional(),
  unit: Unit.optional(),
  sensor: SeriesLabel.optional(),
})
export type PointsQuery = z.output<typeof PointsQuery>

export const PointsStored = z
  .strictObject({
    stored: z.int().meta({ description: 'Points stored; 0 when this batch was stored before.' }),
    refused: z.int().meta({ description: 'Bad lines left out, with `partial` only.' }),
    errors: z.array(z.strictObject({ line: z.int(), message: z.string() })).meta({ description: 'The first of the bad lines.' }),
  })
  .meta({ id: 'BmsPointsStored' })
