import type { SeriesName } from './point-store.ts'
import { PointType, SeriesLabel, Unit } from './schemas.ts'

/** A series as a file or a line names it, composed; a sentence where the name cannot be kept. */
export function checkSeries(pointType: string, unit: string, name: string): SeriesName | string {
  const type = PointType.safeParse(pointType)
  if (!type.success) return `The point type: ${type.error.issues[0]?.message ?? 'is not valid'}`
  if (/\p{Cc}/u.test(unit + name)) return 'Unit and sensor must not contain control characters.'
  if (!Unit.safeParse(unit).success) return 'The unit may have 30 characters at most.'
  if (!SeriesLabel.safeParse(name).success) return 'The sensor may have 100 characters at most.'
  return { pointType, unit: unit.normalize(), name: name.normalize() }
}
