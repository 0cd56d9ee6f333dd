import { describe } from 'vitest'
import { influxMissing, type TestInflux, testInflux } from '../testing/test-influx.ts'
import { farmPoints } from './farm.test-support.ts'
import { openInflux } from './influx/influx-database.ts'
import type { OpenPointStore } from './point-store.ts'

export interface Place {
  readonly isInflux: boolean
  readonly open: () => Promise<OpenPointStore>
  readonly close: () => Promise<void>
}

/** The same promises of both stores: points in PostgreSQL, and in an InfluxDB of the test's own. */
export function onBothStores(promises: (place: Place) => void): void {
  describe('points in PostgreSQL', () => {
    promises({ isInflux: false, open: async () => farmPoints, close: async () => undefined })
  })
  if (influxMissing !== undefined) console.warn(influxMissing)
  const title = influxMissing === undefined ? '' : ` ${influxMissing}`
  describe.skipIf(influxMissing !== undefined)(`[BMS-15] points in InfluxDB${title}`, () => {
    let server: TestInflux | undefined
    promises({
      isInflux: true,
      async open() {
        server = await testInflux()
        return { ...farmPoints, influx: openInflux(server.url) }
      },
      close: async () => server?.stop(),
    })
  })
}
