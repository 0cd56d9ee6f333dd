import { z } from 'zod'
import { parseInstant } from './instant.ts'
import { isTimeZone } from './local-time.ts'
import { aggregates } from './point-query.ts'
import { parseWindow } from './window.ts'

/** The parts of a system's telemetry routes: texts as clients send them, parsed into what this folder works with. */

export const InstantText = z
  .string()
  .max(40)
  .transform((text, context) => {
    const instant = parseInstant(text)
    if (instant !== undefined) return instant
    context.addIssue({ code: 'custom', message: 'Must be a time like 2026-03-29T01:00:00Z, with its offset, from 1970 on.' })
    return z.NEVER
  })
  .meta({ description: 'RFC 3339 with an offset; finer than microseconds is cut.', format: 'date-time' })

export const WindowText = z
  .string()
  .max(8)
  .transform((text, context) => {
    const window = parseWindow(text)
    if (window !== undefined) return window
    context.addIssue({ code: 'custom', message: 'Must be minutes or hours that divide a day (15m, 1h, 6h), or 1d, 1w, 1mo, 1y.' })
    return z.NEVER
  })
  .meta({ description: '`15m`, `1h`, `1d`, `1w`, `1mo`, `1y`; days and longer follow the local calendar.' })

export const AggregateList = z
  .string()
  .max(60)
  .transform((text) => [...new Set(text.split(','))])
  .pipe(z.array(z.enum(aggregates)))
  .meta({ description: `Any of ${aggregates.join(', ')}, separated by commas.` })

export const PointType = z
  .string()
  .regex(/^[a-z][a-z0-9_.-]{0,59}$/, 'Must be lower case: letters, digits, `_`, `.` and `-`, beginning with a letter.')
  .meta({ description: '`temperature`, `humidity`, `co2`, `power`, …' })

/** `temperature`, or several: `temperature,humidity`. */
export const PointTypeList = z
  .string()
  .max(2_000)
  .transform((text) => [...new Set(text.split(','))])
  .pipe(z.array(PointType).max(50))
  .meta({ description: 'One, or several separated by commas: `temperature,humidity`.' })

/** One id, or several separated by commas. */
export const IdList = z
  .union([
    z.uuid().transform((id) => [id]),
    z
      .string()
      .max(2_000)
      .transform((text) => [...new Set(text.split(','))])
      .pipe(z.array(z.uuid()).max(50)),
  ])
  .meta({ description: 'One, or several separated by commas.' })

export const Unit = z.string().max(30).meta({ description: '`degC`, `%`, `ppm`, `kW`; empty for none.' })

export const SeriesLabel = z
  .string()
  .max(100)
  .meta({ description: 'Tells two series of one type and unit apart; empty where there is one.' })

export const TimeZone = z
  .string()
  .max(60)
  .refine(isTimeZone, 'Must be an IANA time zone like Europe/London.')
  .meta({ description: 'IANA time zone.', 'x-input': 'time-zone' })
