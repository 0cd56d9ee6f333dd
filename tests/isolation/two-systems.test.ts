import { bms } from '@tenantry/bms'
import { createTenantry } from 'tenantry'
import { fewConnections, testDatabase } from 'tenantry/testing'
import { expect, test } from 'vitest'
import { notesSystem } from './notes-system.test-support.ts'

test("each system's routes are attacked in tenants of its own, the platform's once", async () => {
  const systems = [bms, notesSystem()]
  const database = await testDatabase({ systems: systems.map(({ name, migrations }) => ({ name, directory: migrations })) })
  const { appUrl: databaseUrl, directoryUrl, adminUrl } = database
  const tenantry = await createTenantry({
    databaseUrl,
    directoryUrl,
    adminUrl,
    systems,
    configuration: { ...fewConnections, logLevel: 'silent' },
  })
  try {
    const report = await tenantry.attack({ only: ['readBmsBuilding', 'readNoteText', 'readCurrentTenant'] })
    expect(report.findings).toEqual([])
    expect(report.routes).toEqual(['readBmsBuilding', 'readCurrentTenant', 'readNoteText'])
    expect(report.cells.ok).toBeGreaterThan(100)
  } finally {
    await tenantry.close()
    await database.drop()
  }
})
