import { bms } from '@tenantry/bms'
import { createTenantry, defineSystem, renderAttack } from 'tenantry'
import { fewConnections, testDatabase } from 'tenantry/testing'
import { expect, test } from 'vitest'

const operations = ['recordUsage', 'listUsage', 'readDailyUsage', 'readUsageHistory', 'forecastUsage', 'readAnalytics']

/** BMS sells nothing by the piece, so nobody could report anything there. */
const metered = defineSystem({
  ...bms,
  tiers: Object.fromEntries(
    Object.entries(bms.tiers).map(([name, tier]) => [
      name,
      { ...tier, limits: { ...tier.limits, transactions: { max: 1_000_000, kind: 'metered', period: 'month' } } },
    ]),
  ),
})

test('[FIN-8] nobody reports or sees usage of another tenant, where there is usage to be seen', async () => {
  const database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  const { appUrl: databaseUrl, directoryUrl, adminUrl } = database
  const configuration = { ...fewConnections, logLevel: 'silent' } as const
  const tenantry = await createTenantry({ databaseUrl, directoryUrl, adminUrl, systems: [metered], configuration })
  try {
    const report = await tenantry.attack({ only: operations })
    expect(report.findings, renderAttack(report)).toEqual([])
    for (const operation of operations) {
      const proved = { ok: expect.toSatisfy((ok: number) => ok > 0), untested: 0, failed: 0 }
      expect(report.matrix[operation], operation).toMatchObject({ own: proved, foreign: proved, suspended: proved })
    }
  } finally {
    await tenantry.close()
    await database.drop()
  }
}, 600_000)
