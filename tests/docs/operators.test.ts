import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeShown } from '../../platform/src/identity/authenticator.test-support.ts'
import { identityNode, password } from '../../platform/src/identity/identity.test-support.ts'
import { databaseWithSystems, type TestNode, tenantWithKey } from '../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'

const guide = readFileSync(new URL('../../docs/guides/operators.md', import.meta.url), 'utf8')
const commands = [...guide.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, command = '']) => command)

let database: TestDatabase
let node: TestNode
let folder: string

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
  folder = mkdtempSync(join(tmpdir(), 'tenantry-operators-'))
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

test('every command of the guide does what the guide says, from the link to the overview', async () => {
  const { tenant } = await tenantWithKey(node)
  const EMAIL = 'olivia@example.com'
  const { token: LINK_TOKEN } = await node.tenantry.services.operators.invite({ email: EMAIL, name: 'Olivia' })
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    URL: `http://dashboard.localhost:${node.port}`,
    PASSWORD: password,
    EMAIL,
    LINK_TOKEN,
  }
  const next = async () => {
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands.shift() ?? ''], { cwd: folder, env })
    return stdout
  }
  env.COOKIE = (await next()).trim()
  expect(JSON.parse(readFileSync(join(folder, 'answer'), 'utf8'))).toMatchObject({ email: EMAIL, secondFactor: false })
  const [, uri = ''] = /"uri":"([^"]+)"/.exec(await next()) ?? []
  const code = (step: number) => codeShown(uri, node.tenantry.directory.clock(), step)
  env.CODE = await code(-1)
  expect(JSON.parse(await next()).backupCodes).toHaveLength(10)
  env.CHALLENGE = JSON.parse(await next()).mfa.challenge
  env.CODE = await code(0)
  env.COOKIE = (await next()).trim()
  env.TOKEN = JSON.parse(await next()).accessToken
  expect(JSON.parse(await next()).items).toMatchObject([{ slug: tenant.slug }])
  expect(JSON.parse(await next())).toMatchObject({ tenants: { active: 1 }, uncounted: 0 })
  expect(commands).toEqual([])
}, 60_000)
