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
  folder = mkdtempSync(join(tmpdir(), 'tenantry-usage-'))
  const metered = join(folder, 'base.json')
  const limits = { points: { max: 1_000, kind: 'metered', period: 'month' } }
  writeFileSync(metered, JSON.stringify({ title: 'Base', features: [], limits }))
  expect(await run('plan', 'publish', 'base', '--file', metered)).toMatchObject({ code: 0 })
  expect(await run('tenant', 'create', 'northwind', '--name', 'Northwind')).toMatchObject({ code: 0 })
}, 300_000)
afterAll(async () => {
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

function run(...args: string[]): Promise<Ended> {
  return tenantry(args, { environment: { DATABASE_URL: database.appUrl } })
}

test('usage is recorded once, taken back once, and shown', async () => {
  const order = ['usage', 'record', 'northwind', 'points', '5', '--key', 'order-1', '--json'] as const
  expect(await run(...order, '--dry-run')).toMatchObject({ code: 0, json: { dryRun: true } })
  expect(await run(...order)).toMatchObject({ code: 0, json: { verdict: 'accepted' } })
  expect(await run(...order)).toMatchObject({ code: 0, json: { verdict: 'duplicate' } })
  const back = ['usage', 'correct', 'northwind', 'points', '2', '--corrects', 'order-1', '--json'] as const
  expect(await run(...back, '--key', 'refund-1')).toMatchObject({ code: 0, json: { verdict: 'accepted' } })
  expect(await run(...back, '--key', 'refund-2')).toMatchObject({ code: 1, json: { error: { code: 'already_corrected' } } })
  const { days } = (await run('usage', 'show', 'northwind', '--meter', 'points', '--json')).json
  expect(days).toEqual([{ day: expect.any(String), meter: 'points', quantity: 3 }])
  expect((await run('usage', 'show', 'northwind')).stdout).toMatch(/METER[\s\S]*points +3[\s\S]*REACHED/)
}, 300_000)

test('what is no meter of the plan, and what is no number, is refused in words', async () => {
  const wrong = await run('usage', 'record', 'northwind', 'moons', '1', '--key', 'a', '--json')
  expect(wrong).toMatchObject({ code: 1, json: { error: { code: 'unknown_meter' } } })
  expect(await run('usage', 'record', 'northwind', 'points', 'many', '--key', 'a')).toMatchObject({ code: 2 })
}, 300_000)
