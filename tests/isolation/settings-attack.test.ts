import { bms } from '@tenantry/bms'
import { createTenantry, defineSystem, integration, makeMasterKey, renderAttack } from 'tenantry'
import { fewConnections, testDatabase } from 'tenantry/testing'
import { expect, test } from 'vitest'

const operations = [
  'listSettings',
  'exportSettings',
  'readSetting',
  'setSetting',
  'resetSetting',
  'listSettingChanges',
  'importSettings',
  'testMail',
  'testIntegration',
  'listNotifications',
  'followNotifications',
  'readNotifications',
  'readNotificationPreferences',
  'setNotificationPreferences',
  'listEvents',
  'followEvents',
]

/** With something to call. */
const integrated = defineSystem({ ...bms, settings: Object.values(integration('controllers', 'Controllers')) })

test("[SEC-4] [SEC-8] nobody reads or changes another tenant's settings, notifications or events", async () => {
  const database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  const { appUrl: databaseUrl, directoryUrl, adminUrl } = database
  const configuration = { ...fewConnections, logLevel: 'silent', masterKeys: [makeMasterKey()] } as const
  const tenantry = await createTenantry({ databaseUrl, directoryUrl, adminUrl, systems: [integrated], configuration })
  try {
    const report = await tenantry.attack({ only: operations })
    expect(report.findings, renderAttack(report)).toEqual([])
    for (const operation of operations) {
      const proved = { ok: expect.toSatisfy((ok: number) => ok > 0), untested: 0, failed: 0 }
      expect(report.matrix[operation], operation).toMatchObject({ own: proved, suspended: proved })
    }
  } finally {
    await tenantry.close()
    await database.drop()
  }
}, 600_000)
