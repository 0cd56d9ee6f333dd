import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  databaseWithSystems,
  operatorKey,
  startNode,
  type TestNode,
  tenantWithKey,
} from '../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'

const guide = readFileSync(new URL('../../docs/guides/plans.md', import.meta.url), 'utf8')
const run = promisify(execFile)

let database: TestDatabase
let node: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

test('every command of the guide does what the guide says, and an explanation is what it shows', async () => {
  const { tenant, host, key } = await tenantWithKey(node)
  const env = {
    ...process.env,
    URL: `http://${host}:${node.port}`,
    KEY: key,
    TENANT: tenant.id,
    DASHBOARD: `http://dashboard.localhost:${node.port}`,
    OPERATOR_KEY: await operatorKey(node),
  }
  const answers = []
  for (const [, command = ''] of guide.matchAll(/```bash\n([\s\S]*?)```/g)) {
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { env })
    answers.push(JSON.parse(stdout))
  }
  const [plans, entitlements, explained, preview, moved, override, published] = answers
  expect(plans.plans[0]).toMatchObject({ key: 'small', version: 1 })
  expect(entitlements).toMatchObject({ plan: { key: 'small' }, features: [] })
  const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? []
  expect(explained).toEqual(JSON.parse(shown))
  expect(preview).toMatchObject({ plan: 'large', gained: ['scanning'] })
  expect(moved).toEqual({ plan: 'large', version: 1 })
  expect(override).toMatchObject({ name: 'racks', value: 25, expiresAt: expect.stringContaining('2099') })
  expect(published).toMatchObject({ key: 'small', version: 2, content: { limits: { scans: { period: 'month', mode: 'hard' } } } })
}, 60_000)
