import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  databaseWithSystems,
  operatorKey,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const guide = read('docs/guides/observability.md')
const run = promisify(execFile)

let database: TestDatabase
let node: TestNode
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
  north = await tenantWithKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

test('every command of the guide to observability does what it says', async () => {
  const URL = `http://127.0.0.1:${node.port}`
  const DASHBOARD = `http://dashboard.localhost:${node.port}`
  const env = { ...process.env, URL, DASHBOARD, KEY: north.key, OPERATOR: await operatorKey(node) }
  const commands = [...guide.matchAll(/^curl .*$/gm)].map(([command]) => command)
  expect(commands).toHaveLength(3)
  const answers = await Promise.all(
    commands.map(async (command) => JSON.parse((await run('bash', ['-euo', 'pipefail', '-c', command], { env })).stdout)),
  )
  expect(answers).toMatchObject([{ state: 'healthy' }, { hours: 6, minutes: 5 }, { items: [], nextCursor: null }])
})

test('every reason of the platform and every alert stands in the guide, and the guide names no other', () => {
  const files = ['activity', 'billing', 'delivery', 'quota'].map((name) => read(`platform/src/tenant-health/${name}-health.ts`))
  const codes = files.flatMap((text) => [...text.matchAll(/code: '([a-z_]+)'/g)].map(([, code]) => code))
  const told = [...(/\| code \|[\s\S]*?\n\n/.exec(guide)?.[0] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, code]) => code)
  expect(new Set(told)).toEqual(new Set(codes))
  const alerts = [...read('observability/prometheus/rules.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
  const inGuide = [...guide.matchAll(/`(Tenantry[A-Z]\w+)`/g)].map(([, name]) => name)
  expect(new Set(inGuide)).toEqual(new Set(alerts))
})
