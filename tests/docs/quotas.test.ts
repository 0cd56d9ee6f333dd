import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseWithSystems, startNode, type TestNode, tenantWithKey } from '../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'

const guide = readFileSync(new URL('../../docs/guides/quotas.md', import.meta.url), 'utf8')
const run = promisify(execFile)
const commands = [...guide.matchAll(/```bash\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

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

test('every command of the guide to quotas does what it says', async () => {
  const { tenant, key } = await tenantWithKey(node, { tier: 'large' })
  const scope = node.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'system', id: tenant.id } })
  await node.tenantry.services.limits.set(scope, 'scans', 1_000)
  const env = { ...process.env, URL: `http://127.0.0.1:${node.port}`, KEY: key, METER: 'scans' }
  const answers = async (command = '') => (await run('bash', ['-euo', 'pipefail', '-c', command], { env })).stdout
  const [look, take, hold] = commands
  expect(await answers(look)).toContain('"meter":"scans"')
  expect(await answers(take)).toContain('"used":3')
  expect(await answers(take)).toContain('"repeated":true')
  const held = await answers(hold)
  for (const word of ['"reserved":100', '"state":"committed"', '"quantity":80', '"late":false']) expect(held).toContain(word)
})
