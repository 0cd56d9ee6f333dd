/**
 * What a `textWork` needs, and no more: the thread that runs it loads all that its module imports, and the whole of `tenantry` would be
 * a second and 170 MB.
 */
export { sql } from './isolation/statement.ts'
export type { TenantScope } from './isolation/tenant-scope.ts'
export { type TextWork, textWork } from './isolation/thread/text-work.ts'
export { problems } from './problems/catalogue.ts'
export { formatInstant } from './telemetry/instant.ts'
export type { Aggregate } from './telemetry/point-query.ts'
export type { OpenPointStore, PointStore, Series } from './telemetry/point-store.ts'
export { type PointsHead, readPixels, readPoints, readWindows } from './telemetry/read-points.ts'
