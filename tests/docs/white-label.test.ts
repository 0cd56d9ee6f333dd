import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseWithSystems, startNode, type TestNode, tenantWithKey } from '../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'

const guide = readFileSync(new URL('../../docs/guides/white-label.md', import.meta.url), 'utf8')
const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'white-label-'))

let database: TestDatabase
let node: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await node?.tenantry.close()
  await database?.drop()
})

test('every command of the guide does what the guide says', async () => {
  const { host, key } = await tenantWithKey(node)
  const LOGO = join(folder, 'logo.svg')
  writeFileSync(LOGO, '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10"/></svg>')
  const env = { ...process.env, URL: `http://${host}:${node.port}`, KEY: key, LOGO }
  const answers = []
  for (const [, command = ''] of guide.matchAll(/```bash\n([\s\S]*?)```/g)) {
    answers.push(JSON.parse((await run('bash', ['-euo', 'pipefail', '-c', command], { env })).stdout))
  }
  const [draft, logo, published, versions, restored, shown] = answers
  expect(draft).toMatchObject({ differs: true, draft: { displayName: 'Nordwind', poweredBy: false }, warnings: [] })
  expect(draft.variables.light).toMatchObject({ '--brand-primary': '#243447' })
  expect(logo.draft.images.logoLight).toBeTypeOf('string')
  expect(published).toMatchObject({ differs: false, number: 1 })
  expect(versions.items).toMatchObject([{ number: 1, content: { footer: 'Nordwind GmbH' }, actorKind: 'key' }])
  expect(restored.number).toBe(1)
  expect(shown).toMatchObject({
    displayName: 'Nordwind',
    poweredBy: false,
    logo: { light: expect.stringContaining('/brand/images/') },
  })
  for (const name of Object.keys(draft.variables.dark)) {
    expect(guide, name).toMatch(new RegExp(`${name.replace(/-\d$/, '-0')}\``))
  }
}, 60_000)
