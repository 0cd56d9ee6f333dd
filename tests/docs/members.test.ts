import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Mailbox, openMailbox } from '../../platform/src/identity/identity.test-support.ts'
import { joinAs, newAddress, startPeopleNode } from '../../platform/src/members/people.test-support.ts'
import { databaseWithSystems, type TestNode, tenantWithKey } from '../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'

const guide = readFileSync(new URL('../../docs/guides/members.md', import.meta.url), 'utf8')
const run = promisify(execFile)

let database: TestDatabase
let mailbox: Mailbox
let node: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  mailbox = await openMailbox()
  node = await startPeopleNode(database, { mailUrl: mailbox.url })
})
afterAll(async () => {
  await node?.tenantry.close()
  await mailbox?.stop()
  await database?.drop()
})

test('every command of the guide does what the guide says', async () => {
  const tenant = await tenantWithKey(node)
  const owner = await joinAs(node, tenant, 'owner')
  const INVITED = newAddress('bo')
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    URL: `http://${tenant.host}:${node.port}`,
    TOKEN: owner.token,
    INVITED,
  }
  const [roles, invite, look, list] = await inTurn(env, async () => {
    env.LINK_TOKEN ??= /#token=(\S+?)["\s]/.exec(await mailbox.next(INVITED))?.[1]
  })
  expect(roles).toContain('"name":"Auditor"')
  expect(JSON.parse(invite ?? '')).toMatchObject({ email: INVITED, role: 'user', state: 'open' })
  expect(look).toContain(`"slug":"${tenant.tenant.slug}"`)
  expect(look).toContain(`"email":"${INVITED}"`)
  expect(JSON.parse(list ?? '').items).toMatchObject([{ email: INVITED, name: 'Bo', role: 'user' }])
}, 60_000)

/** Runs the guide's commands; what is between them is done once the mail is asked for. */
async function inTurn(env: NodeJS.ProcessEnv, beforeLink: () => Promise<void>): Promise<string[]> {
  const answers: string[] = []
  for (const [, command = ''] of guide.matchAll(/```bash\n([\s\S]*?)```/g)) {
    if (command.includes('LINK_TOKEN')) await beforeLink()
    answers.push((await run('bash', ['-euo', 'pipefail', '-c', command], { env })).stdout)
  }
  return answers
}
