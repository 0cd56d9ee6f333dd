import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityNode } from '../../platform/src/identity/identity.test-support.ts'
import {
  databaseWithSystems,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'

const guide = readFileSync(new URL('../../docs/guides/api-keys.md', import.meta.url), 'utf8')
const run = promisify(execFile)

let database: TestDatabase
let node: TestNode
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  north = await tenantWithKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

test('every command of the guide does what the guide says', async () => {
  const environment: Record<string, string> = { URL: `http://127.0.0.1:${node.port}`, KEY: north.key }
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  const answers: any[] = []
  for (const [, command = ''] of guide.matchAll(/```bash\n([\s\S]*?)```/g)) {
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { env: { ...process.env, ...environment } })
    const answer = JSON.parse(stdout)
    answers.push(answer)
    if (answer.credential !== undefined) {
      Object.assign(environment, { ID: answer.id, CLIENT: answer.publicId, SECRET: answer.credential })
    }
  }
  const [made, rotated, token, list] = answers
  expect(answers).toHaveLength(4)
  expect(made).toMatchObject({ requestsPerHour: 600, allowedAddresses: ['127.0.0.0/8', '2001:db8::/32'] })
  expect(rotated).toMatchObject({ replaces: made.id, requestsPerHour: 600, name: made.name })
  expect(token).toMatchObject({ token_type: 'Bearer', scope: 'tenant:read' })
  expect(list.ranges).toEqual(['127.0.0.0/8', '203.0.113.0/24'])
})
