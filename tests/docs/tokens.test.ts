import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityNode, makeMember } from '../../platform/src/identity/identity.test-support.ts'
import {
  databaseWithSystems,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'
import { claimsOf, newMember, program } from '../../platform/src/tokens/tokens.test-support.ts'

const guide = readFileSync(new URL('../../docs/guides/tokens.md', import.meta.url), 'utf8')
const run = promisify(execFile)

let database: TestDatabase
let node: TestNode
let north: TestTenant
let south: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

test('every command of the guide does what the guide says, and a token has the claims of its table', async () => {
  const member = await newMember(node, north)
  await makeMember(node, south, member.person)
  const answers: string[] = []
  let last = ''
  for (const [, command = ''] of guide.matchAll(/```bash\n([\s\S]*?)```/g)) {
    const tokens = await program(node, north, member)
    last = tokens.accessToken
    const URL = `http://localhost:${node.port}`
    const env = { ...process.env, URL, TOKEN: tokens.accessToken, REFRESH: tokens.refreshToken, TENANT: south.tenant.id }
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { env })
    answers.push(stdout)
  }
  const [keys = '', refreshed = '', revoked, switched = ''] = answers
  expect(JSON.parse(keys).keys).toHaveLength(1)
  expect(JSON.parse(refreshed)).toMatchObject({ tenant: { id: north.tenant.id }, refreshToken: expect.stringContaining('_2_') })
  expect(revoked).toBe('')
  expect(JSON.parse(switched)).toMatchObject({ tenant: { id: south.tenant.id }, refreshToken: expect.stringContaining('_1_') })
  const named = new Set([...guide.matchAll(/^\| (`[a-z`, ]+`) \|/gm)].flatMap(([, names = '']) => names.match(/[a-z]+/g) ?? []))
  expect(Object.keys(claimsOf(last)).filter((claim) => !named.has(claim))).toEqual([])
}, 60_000)
