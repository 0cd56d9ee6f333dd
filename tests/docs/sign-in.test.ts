import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  identityNode,
  linkOf,
  type Mailbox,
  makeMember,
  newPerson,
  openMailbox,
  password,
} from '../../platform/src/identity/identity.test-support.ts'
import { databaseWithSystems, type TestNode, tenantWithKey } from '../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'

const guide = readFileSync(new URL('../../docs/guides/sign-in.md', import.meta.url), 'utf8')
const run = promisify(execFile)

let database: TestDatabase
let mailbox: Mailbox
let node: TestNode
let folder: string

beforeAll(async () => {
  database = await databaseWithSystems()
  mailbox = await openMailbox()
  node = await identityNode(database, { mailUrl: mailbox.url })
  folder = mkdtempSync(join(tmpdir(), 'tenantry-sign-in-'))
})
afterAll(async () => {
  await node?.tenantry.close()
  await mailbox?.stop()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

test('every command of the guide does what the guide says', async () => {
  const person = await newPerson(node)
  const tenant = await tenantWithKey(node)
  await makeMember(node, tenant, person)
  const env = { ...process.env, URL: `http://localhost:${node.port}`, EMAIL: person.email, PASSWORD: password }
  const answers: string[] = []
  for (const [, command = ''] of guide.matchAll(/```bash\n([\s\S]*?)```/g)) {
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { cwd: folder, env })
    answers.push(stdout)
  }
  const [signedIn, me, changed, program, ...rest] = answers
  expect(JSON.parse(signedIn ?? '')).toMatchObject({ person: { email: person.email }, tenant: { slug: tenant.tenant.slug } })
  expect(JSON.parse(me ?? '')).toMatchObject({ id: person.id, name: person.name })
  expect(changed).toContain('"name":"Ada Lovelace"')
  expect(changed).toContain('"current":true')
  expect(JSON.parse(program ?? '')).toMatchObject({ accessToken: expect.any(String), refreshToken: expect.any(String) })
  expect(rest).toEqual(['', ''])
  expect(linkOf(await mailbox.next(person.email, '#token=')).page).toBe(`${env.URL}/reset-password`)
  await expect(run('bash', ['-c', 'curl -fsS -b jar "$URL/v1/me"'], { cwd: folder, env })).rejects.toThrow('401')
}, 60_000)
