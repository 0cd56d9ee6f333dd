import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestDatabase, testDatabase } from 'tenantry/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bms } from '../../systems/bms/src/system.ts'
import { type Ended, tenantry } from './processes.ts'

let database: TestDatabase
let folder: string

beforeAll(async () => {
  database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  folder = mkdtempSync(join(tmpdir(), 'tenantry-plans-'))
  await done('tenant', 'create', 'northwind', '--name', 'Northwind')
}, 300_000)
afterAll(async () => {
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

function run(...args: string[]): Promise<Ended> {
  return tenantry(args, { environment: { DATABASE_URL: database.appUrl } })
}

/** One that has to succeed; if not, the test says in the command's own words why. */
async function done(...args: string[]): Promise<Ended> {
  const ended = await run(...args)
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  return ended
}

test('a tenant is moved, agreed with and explained from the command line', async () => {
  const dry = await done('plan', 'assign', 'northwind', 'enterprise', '--dry-run')
  expect(dry.stdout).toMatch(/Gained: custom_domain[\s\S]*buildings +10 +unlimited +0/)
  expect((await done('plan', 'explain', 'northwind', 'buildings')).stdout).toMatch(/is 10, by plan/)

  await done('plan', 'override', 'northwind', 'buildings', '25', '--reason', 'until the merger is through', '--expires', '90d')
  await done('plan', 'override', 'northwind', 'custom_domain', 'on', '--reason', 'part of the contract')
  const explained = (await done('plan', 'explain', 'northwind', 'buildings', '--json')).json.explanation
  expect(explained).toMatchObject({
    value: 25,
    decidedBy: 'override',
    rules: [{ until: expect.any(String) }, { rule: 'plan', given: 10 }],
  })
  expect((await done('plan', 'explain', 'northwind', 'custom_domain')).stdout).toMatch(/is on, by override/)

  await done('plan', 'assign', 'northwind', 'enterprise')
  expect((await done('plan', 'explain', 'northwind', 'buildings', '--json')).json.explanation.value).toBe(25)
  expect(await run('plan', 'override', 'northwind', 'buildings', 'plenty', '--reason', 'because', '--json')).toMatchObject({
    code: 1,
  })
  expect(await run('plan', 'assign', 'northwind', 'moon', '--json')).toMatchObject({
    code: 1,
    json: { error: { code: 'invalid_request' } },
  })
}, 300_000)

test('a version is published from a file, listed, and not published when the file is wrong', async () => {
  const file = join(folder, 'base.json')
  const content = { title: 'Base', features: [], limits: { buildings: { max: 12 }, sensors: { max: 500 } } }
  writeFileSync(file, JSON.stringify(content))
  const dry = await done('plan', 'publish', 'base', '--file', file, '--dry-run', '--json')
  expect(dry.json).toMatchObject({ dryRun: true, published: { key: 'base' } })
  expect((await done('plan', 'publish', 'base', '--file', file)).stdout).toMatch(/Version 2 of base/)
  expect((await done('plan', 'list')).stdout).toMatch(
    /plan +base +2[\s\S]*plan +base +1[\s\S]*add-on +custom_domain +1 +GBP 10\.00/,
  )

  writeFileSync(file, JSON.stringify({ ...content, limits: { buildings: { max: -1 } } }))
  expect(await run('plan', 'publish', 'base', '--file', file, '--json')).toMatchObject({ code: 2 })
  expect(await run('plan', 'publish', 'base', '--file', join(folder, 'none.json'))).toMatchObject({ code: 2 })
}, 300_000)
