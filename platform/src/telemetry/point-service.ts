import type { Directory } from '../directory/directory.ts'
import type { QuotaService } from '../quotas/quotas.ts'
import { type InfluxDatabase, openInflux } from './influx/influx-database.ts'
import { createPointMetering } from './metered-points.ts'
import type { OpenPointStore, PointStore } from './point-store.ts'

export interface PointService {
  /**
   * A system's store as this installation has it: what the functions that write and read points take.
   *
   * @example
   * handle: async ({ scope, params, services }) => listSeries(scope, services.points.open(bmsPoints), params.id)
   */
  open(store: PointStore): OpenPointStore
}

declare module '../http/route.ts' {
  interface Services {
    readonly points: PointService
  }
}

export interface PointServiceOptions {
  /** Where points lie; undefined: in PostgreSQL. */
  readonly influxUrl?: string | undefined
  readonly directory: Pick<Directory, 'tenantById'>
  readonly quotas: QuotaService
}

export function createPointService({ influxUrl, directory, quotas }: PointServiceOptions): PointService {
  const metering = createPointMetering(quotas, directory)
  const influx: InfluxDatabase | undefined = influxUrl === undefined ? undefined : openInflux(influxUrl)
  const open = new Map<PointStore, OpenPointStore>()
  return {
    open(store) {
      const known = open.get(store) ?? { ...store, influx, metering }
      open.set(store, known)
      return known
    },
  }
}
