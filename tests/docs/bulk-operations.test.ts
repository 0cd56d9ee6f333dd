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

const guide = readFileSync(new URL('../../docs/guides/bulk-operations.md', import.meta.url), 'utf8')
const commands = [...guide.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, command = '']) => command)

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

test('[SEC-11] every command of the guide does what the guide says', async () => {
  const { tenant } = await tenantWithKey(node, { slug: 'northwind' })
  await tenantWithKey(node, { slug: 'windfall' })
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    URL: `http://dashboard.localhost:${node.port}`,
    TOKEN: await operatorKey(node),
    TENANT: tenant.id,
  }
  const next = async () => {
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands.shift() ?? ''], { env })
    return stdout
  }
  expect(JSON.parse(await next()).items).toHaveLength(2)
  expect(await next()).toMatch(/^id,slug,name[^\n]*\n[^\n]*northwind[^\n]*\n[^\n]*windfall/)
  expect(JSON.parse(await next()).items[0]).toMatchObject({ after: { reason: 'Ticket 17' } })
  const begun = JSON.parse(await next())
  expect(begun).toMatchObject({ tenants: 2, selection: { filter: { search: 'wind' } } })
  env.OPERATION = begun.id
  const [read = ''] = commands
  await expect
    .poll(async () => JSON.parse((await promisify(execFile)('bash', ['-c', read], { env })).stdout).state, { timeout: 30_000 })
    .toBe('done')
  expect(JSON.parse(await next()).counts).toMatchObject({ done: 2, refused: 0 })
  expect(JSON.parse(await next()).items).toEqual([])
  expect(commands).toEqual([])
}, 60_000)
