import { type OpenPointStore, problems, readPixels, readPoints, readWindows, type TenantScope } from 'tenantry/reading'
import type { DataTable } from './data-table.ts'
import type { DataQuery } from './schemas.ts'

/** A building's points as they were asked for. Refuses before the first of them. */
export async function readTable(
  scope: TenantScope,
  store: OpenPointStore,
  buildingId: string,
  query: DataQuery,
): Promise<DataTable> {
  const span = { start: query.start, end: query.end, pointTypes: query.point_type, seriesIds: query.sensor_id }
  checkForm(query)
  if (query.points !== undefined) {
    const asked = { ...span, pixels: query.points }
    const { head, points, pixelSeconds } = await readPixels(scope, store, buildingId, asked)
    return { buildingId, query, head, figures: ['value'], pixelSeconds, rows: points }
  }
  if (query.window === undefined) {
    const { head, points } = await readPoints(scope, store, buildingId, span)
    return { buildingId, query, head, figures: ['value'], rows: points }
  }
  const aggregates = query.aggregate ?? ['mean']
  const { head, windows } = await readWindows(scope, store, buildingId, { ...span, window: query.window, aggregates })
  return { buildingId, query, head, figures: aggregates, rows: windows }
}

/** Points as measured, windows or pixels: one of the three. */
function checkForm({ window, aggregate, points }: DataQuery): void {
  const refuse = (name: string, sentence: string, message: string) =>
    problems.invalid_request(sentence, { errors: [{ in: 'query', pointer: `/${name}`, message }] })
  if (points !== undefined && (window !== undefined || aggregate !== undefined)) {
    throw refuse('points', '`points` excludes `window` and `aggregate`.', 'Leave it out, or the other two.')
  }
  if (aggregate !== undefined && window === undefined) {
    throw refuse('aggregate', '`aggregate` needs a `window`.', 'Give a window too, for example window=1h.')
  }
}
