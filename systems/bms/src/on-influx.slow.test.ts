import { influxMissing } from 'tenantry/testing'
import { afterAll, beforeAll, describe } from 'vitest'

if (influxMissing !== undefined) console.warn(influxMissing)

/** What holds with points in PostgreSQL, promised once more with points in InfluxDB. */
const promises = [
  './points/write-building-points.slow.test.ts',
  './points/write-many-points.slow.test.ts',
  './points/write-line-protocol.slow.test.ts',
  './points/influx-clients.slow.test.ts',
  './overview.test.ts',
  './data/read-building-data.slow.test.ts',
  './data/compare-buildings.slow.test.ts',
  './data/live-points.slow.test.ts',
]

describe.skipIf(influxMissing !== undefined).each(promises)(
  `[BMS-15] with points in InfluxDB: %s ${influxMissing ?? ''}`,
  async (file) => {
    // Before the file's own hooks, which install by it.
    beforeAll(() => {
      process.env.TENANTRY_TEST_POINTS = 'influx'
    })
    afterAll(() => {
      delete process.env.TENANTRY_TEST_POINTS
    })
    await import(file)
  },
)
