import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type TestDatabase, testDatabase } from 'tenantry/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bms } from '../../systems/bms/src/system.ts'
import { type Running, start, tenantry } from './processes.ts'

let database: TestDatabase
let server: Running
let address: string
let folder: string
const environment: Record<string, string> = {}

beforeAll(async () => {
  database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  folder = mkdtempSync(join(tmpdir(), 'tenantry-audit-'))
  environment.DATABASE_URL = database.appUrl
  environment.TENANTRY_MASTER_KEYS = `1:${Buffer.alloc(32, 7).toString('base64')}`
  server = start(['serve', '--port', '0'], { environment })
  address = await server.address()
}, 120_000)
afterAll(async () => {
  await server?.stop()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

const file = (name: string) => join(folder, name)

async function done(...args: string[]) {
  const ended = await tenantry(args, { environment })
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  return ended
}

test('[SEC-5] [FIN-17] a server seals within seconds, and three files are enough to verify it, without a database', async () => {
  await done('tenant', 'create', 'northwind', '--name', 'Northwind')
  const { json } = await done('key', 'create', 'northwind', '--name', 'test', '--role', 'owner', '--json')
  const headers = { authorization: `Bearer ${json.credential}` }
  let checkpoints = { items: [] as { total: number }[] }
  for (let attempt = 0; attempt < 120 && !checkpoints.items.some(({ total }) => total >= 2); attempt++) {
    await sleep(250)
    checkpoints = (await (await fetch(`${address}/v1/audit/checkpoints`, { headers })).json()) as typeof checkpoints
  }
  writeFileSync(file('tenant.json'), JSON.stringify(checkpoints))
  writeFileSync(file('keys.json'), await (await fetch(`${address}/.well-known/audit-keys.json`)).text())
  await done('audit', 'checkpoints', '--to', file('published.json'))
  await done('audit', 'export', 'northwind', '--to', file('export.jsonl'))
  expect(statSync(file('export.jsonl')).mode & 0o777).toBe(0o600)
  const again = await tenantry(['audit', 'export', 'northwind', '--to', file('export.jsonl')], { environment })
  expect(again).toMatchObject({ code: 2 })

  const verify = (exported: string, published = 'published.json') =>
    tenantry(['audit', 'verify', file(exported), '--checkpoints', file(published), '--key', file('keys.json'), '--json'], {
      environment: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
    })
  for (const published of ['published.json', 'tenant.json'])
    expect(await verify('export.jsonl', published)).toMatchObject({ code: 0, json: { verified: true, findings: [] } })

  const text = readFileSync(file('export.jsonl'), 'utf8')
  writeFileSync(file('altered.jsonl'), text.replace('Northwind', 'Southwind'))
  expect(await verify('altered.jsonl')).toMatchObject({
    code: 1,
    json: { verified: false, findings: [{ code: 'entry_altered', segment: 1 }] },
  })
  expect(await verify('absent.jsonl')).toMatchObject({ code: 1, json: { error: { code: 'file' } } })

  const overHttp = await fetch(`${address}/v1/audit/export`, { headers })
  writeFileSync(file('http.jsonl'), await overHttp.text())
  expect(await verify('http.jsonl')).toMatchObject({ code: 0 })
}, 120_000)

const python = spawnSync('python3', ['-c', 'import cryptography']).status === 0

test.runIf(python)('[FIN-17] the guide is enough to write another verifier', () => {
  const guide = readFileSync(new URL('../../docs/guides/audit-verification.md', import.meta.url), 'utf8')
  const [, program = ''] = /```python\n([\s\S]*?)```/.exec(guide) ?? []
  writeFileSync(file('verify.py'), program)
  const run = (exported: string) =>
    execFileSync('python3', [file('verify.py'), file(exported), file('published.json'), file('keys.json')], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
  expect(run('export.jsonl')).toContain('verified')
  expect(() => run('altered.jsonl')).toThrow(/entry/)
})
