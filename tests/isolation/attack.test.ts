import { bms } from '@tenantry/bms'
import { type AttackReport, createTenantry, makeMasterKey, renderAttack } from 'tenantry'
import { fewConnections, testDatabase } from 'tenantry/testing'
import { beforeAll, expect, test } from 'vitest'

let report: AttackReport

beforeAll(async () => {
  const database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  const { appUrl: databaseUrl, directoryUrl, adminUrl } = database
  const tenantry = await createTenantry({
    databaseUrl,
    directoryUrl,
    adminUrl,
    systems: [bms],
    configuration: { ...fewConnections, logLevel: 'silent', masterKeys: [makeMasterKey()] },
  })
  try {
    report = await tenantry.attack()
  } finally {
    await tenantry.close()
    await database.drop()
  }
}, 900_000)

test('[CRM-11] the platform and BMS hold, with every route proved', () => {
  expect(renderAttack(report)).toMatch(/every wall held, every cell was proved/)
  expect(report.findings).toEqual([])
  expect(report.routes).toEqual(expect.arrayContaining(['readBmsBuilding', 'writeBuildingPoints', 'createKey', 'eraseTenant']))
  // Only a route that lies on no tenant's address, or that asks for what BMS has not, has no row; the report says so.
  const leftOut = report.notApplicable.map(({ what }) => what.replace(', own', ''))
  expect(report.routes.filter((route) => report.matrix[route] === undefined && !leftOut.includes(route))).toEqual([])
  expect(leftOut.filter((route) => report.routes.includes(route)).sort()).toEqual([
    'checkSlug',
    'confirmSignUp',
    'confirmSignUpSignedIn',
    'listUsage',
    'mintOperatorToken',
    'publishAddOn',
    'publishPlan',
    'readAttack',
    'requestSignUp',
    'reviveJobs',
    'setPrimaryDomain',
    'stopActing',
    'testIntegration',
  ])
})

test('every route is tried as members of every role, limited, demoted and removed ones, as persons, and as operators', () => {
  const members = ['owner', 'admin', 'manager', 'user', 'viewer', 'custom role', 'demoted admin', 'limited member']
  const nobodies = ['removed member', 'member who signed out', "signed-out browser's cookie", "cookie of another tenant's host"]
  const persons = ['member by cookie', 'member by token', 'signed in, member of nothing']
  const operators = ['operator who signed in', 'operator as a manager', "operator's cookie"]
  expect(report.attackers).toEqual(expect.arrayContaining([...members, ...nobodies, ...persons, ...operators]))
  expect(report.matrix.endSession?.foreign).toEqual({ ok: expect.toSatisfy((ok: number) => ok > 3), untested: 0, failed: 0 })
  for (const kind of ["another origin's page", "secret on another tenant's address"]) {
    expect(report.probes[kind], kind).toMatchObject({ ok: expect.toSatisfy((ok: number) => ok > 0), untested: 0, failed: 0 })
  }
})

test("[CRM-2] after all of it no tenant's rows, log line, figure or cache entry holds anything of another", () => {
  expect(report.places).toEqual(
    expect.arrayContaining(['log', 'metrics', 'rows of bms.points, other tenant', 'rows of tenantry.audit_entries, own tenant']),
  )
  expect(report.probes.place).toEqual({ ok: report.places.length, untested: 0, failed: 0 })
})

test("[CRM-5] an id in a path, a body or a query is the tenant's own, or as absent as one that never was", () => {
  for (const kind of ['id in the body', 'id in the query', 'ETag of another tenant', "other tenant's object untouched"]) {
    expect(report.probes[kind], kind).toMatchObject({ ok: expect.toSatisfy((ok: number) => ok > 0), untested: 0, failed: 0 })
  }
  expect(report.matrix.changeBmsSensor).toMatchObject({ foreign: { failed: 0 }, absent: { failed: 0 }, ungranted: { ok: 2 } }) // a key and a member
})

test('[BMS-8] tenant and host in headers of a stranger change nothing on any route', () => {
  expect(report.probes['spoofed header']).toMatchObject({ untested: 0, failed: 0 })
  expect(report.probes['spoofed header']?.ok).toBeGreaterThan(50)
})
