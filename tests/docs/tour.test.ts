import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Project, project, type Running, start } from '../cli/processes.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

let here: Project
let dev: Running
let output: string

/** The tour's commands as they stand in the README, on a server of the test's own. */
beforeAll(async () => {
  here = project()
  dev = start(['dev', '--port', '0'], { cwd: here.folder })
  const address = await dev.address()
  const commands = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```bash\n([\s\S]*?)```/g)].map((match) => match[1])
  const script = ['set -euo pipefail', ...commands]
    .join('\n')
    .replaceAll('http://127.0.0.1:4400', address)
    .replaceAll('npm run -s tenantry --', `'${process.execPath}' '${join(root, 'platform/bin/tenantry.ts')}'`)
  output = (await promisify(execFile)('bash', ['-c', script], { cwd: here.folder, maxBuffer: 16_777_216 })).stdout
}, 400_000)
afterAll(async () => {
  await dev?.stop()
  here?.remove()
})

test('every command of the tour succeeds, and each customer sees its own', () => {
  expect(output).toContain('Castle Street')
  expect(output).toContain('Pier One')
  expect(output).toContain('"value":612')
  expect(output).toContain('"action":"bms.sensors.created"')
})

test('somebody who was invited joins by the link of the mail and sees what he was invited to', () => {
  expect(output).toMatch(/"email":"ada@example\.com","role":"viewer".*"state":"open"/)
  expect(output).toMatch(/"member":\{[^}]*"name":"Ada","role":"viewer"/)
  expect(output.match(/Castle Street/g)?.length).toBeGreaterThanOrEqual(2)
})

test('[IIOT-3] one person belongs to both customers, and is in one of them at a time', () => {
  expect(output).toMatch(/"slug":"northwind".*"role":"manager".*"slug":"harbour".*"role":"viewer"/)
  expect(output).toMatch(/\{"id":"[^"]+","slug":"harbour"/)
})

test("[CRM-2] somebody else's building and one that never was get the same answer", () => {
  const answers = output.match(/\{"type":"\/errors\/not_found".*?\}/g) ?? []
  expect(answers).toHaveLength(2)
  expect(answers[0]).toBe(answers[1])
})

test('a plan refuses what goes over it, and an upgrade lets it in at once', () => {
  expect(output).toMatch(/"code":"quota_exceeded"/)
  expect(output).toMatch(/"name":"Shed 11"/)
})

test('[CRM-11] doctor and attack find nothing', () => {
  expect(output).toMatch(/rules on \d+ relations.*nothing found/)
  expect(output).toContain('every wall held, every cell was proved')
})

test('[BMS-13] a new tenant is served by the running server', () => {
  expect(output).toMatch(/bakery\s+The Bakery\s+bms/)
})
