import { bms } from '@tenantry/bms'
import { createTenantry, makeMasterKey } from 'tenantry'
import { fewConnections, influxMissing, testDatabase, testInflux } from 'tenantry/testing'
import { expect, test } from 'vitest'

/** The routes whose answers or objects hold points; attack.test.ts has all of them, with points in PostgreSQL. */
const operations = [
  'writeBuildingPoints',
  'writeManyPoints',
  'readBuildingData',
  'listBuildingSeries',
  'compareBuildings',
  'deleteBmsBuilding',
]

if (influxMissing !== undefined) console.warn(influxMissing)

test.skipIf(influxMissing !== undefined)(
  `[BMS-15] [CRM-11] with points in InfluxDB the attack finds no way to another tenant's points ${influxMissing ?? ''}`,
  async () => {
    await using open = new AsyncDisposableStack()
    const influx = open.adopt(await testInflux(), (each) => each.stop())
    const database = open.adopt(await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] }), (each) =>
      each.drop(),
    )
    const { appUrl: databaseUrl, directoryUrl, adminUrl } = database
    const options = { databaseUrl, directoryUrl, adminUrl, systems: [bms] }
    const configuration = { ...fewConnections, logLevel: 'silent', masterKeys: [makeMasterKey()], influxUrl: influx.url } as const
    const tenantry = open.adopt(await createTenantry({ ...options, configuration }), (each) => each.close())
    expect((await tenantry.doctor()).findings.filter(({ weight }) => weight !== 'outside')).toEqual([])
    const report = await tenantry.attack({ only: operations })
    expect(report.findings).toEqual([])
    for (const operation of operations) {
      expect(report.matrix[operation]).toMatchObject({ own: { failed: 0 }, foreign: { failed: 0 }, absent: { failed: 0 } })
    }
  },
  600_000,
)
