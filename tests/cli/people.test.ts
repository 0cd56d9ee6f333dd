import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { makeMasterKey } from 'tenantry'
import { type TestDatabase, testDatabase } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bms } from '../../systems/bms/src/system.ts'
import { type Answer, type Ended, get, type Running, start, tenantry, until } from './processes.ts'

let database: TestDatabase
let server: Running
let address: string
let folder: string
let environment: Record<string, string>

beforeAll(async () => {
  database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  folder = mkdtempSync(join(tmpdir(), 'tenantry-cli-'))
  environment = {
    DATABASE_URL: database.appUrl,
    TENANTRY_MASTER_KEYS: makeMasterKey(),
    TENANTRY_MAIL_URL: pathToFileURL(join(folder, 'outbox')).href,
  }
  server = start(['serve', '--port', '0'], { environment })
  address = await server.address()
  await done('tenant', 'create', 'northwind', '--name', 'Northwind')
}, 120_000)
afterAll(async () => {
  await server?.stop()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

function run(...args: string[]): Promise<Ended> {
  return tenantry(args, { environment })
}

/** One that has to succeed; if not, the test says in the command's own words why. */
async function done(...args: string[]): Promise<Ended> {
  const ended = await run(...args)
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  return ended
}

const password = 'a long enough password'

/** By `node:http`, because `fetch` sends no `Host` of one's choice. */
function post(path: string, sent: unknown, host?: string): Promise<Answer> {
  const { hostname, port } = new URL(address)
  const headers = { 'content-type': 'application/json', host: `${host ?? hostname}:${port}` }
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers, method: 'POST' }, (incoming) => {
      json(incoming).then((body) => resolve({ status: incoming.statusCode ?? 0, body }), reject)
    })
      .on('error', reject)
      .end(JSON.stringify(sent))
  })
}

async function mailTo(email: string): Promise<string> {
  for (const deadline = Date.now() + 20_000; ; await sleep(50)) {
    try {
      return readFileSync(join(folder, 'outbox', `${email}.txt`), 'utf8')
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/** Somebody who was invited from the command line, followed the link, and is signed in as a program. */
async function joined(email: string, role: string): Promise<string> {
  await done('member', 'invite', 'northwind', email, '--role', role)
  const [, token] = /\/invitation#token=(\S+)/.exec(await mailTo(email)) ?? []
  const accepted = await post('/v1/invitations/join', { token, name: 'Somebody', password })
  expect(accepted, JSON.stringify(accepted.body)).toMatchObject({ status: 201, body: { member: { email, role } } })
  return (await post('/v1/auth/sign-in', { email, password, as: 'program' })).body.accessToken
}

describe('members', () => {
  test('somebody invited from the command line gets a link by mail, joins with it and is listed', async () => {
    const token = await joined('ada@example.com', 'owner')
    expect((await get(address, '/v1/members', token)).status).toBe(200)
    expect((await done('member', 'list', 'northwind')).stdout).toMatch(/ada@example\.com +Somebody +owner +all/)
    const again = await run('member', 'invite', 'northwind', 'ada@example.com', '--json')
    expect(again).toMatchObject({ code: 1, json: { error: { code: 'conflict' } } })
  })

  test('a new role and a removal act on a running server within a second', async () => {
    const token = await joined('ben@example.com', 'admin')
    const invite = () => get(address, '/v1/roles', token)
    expect((await invite()).status).toBe(200)
    const { json: changed } = await done('member', 'role', 'northwind', 'Ben@Example.com', '--role', 'viewer', '--json')
    expect(changed).toMatchObject({ dryRun: false, member: { role: 'viewer' } })
    expect(await until(403, invite)).toBeLessThan(3_000)
    await done('member', 'remove', 'northwind', changed.member.id)
    expect(await until(401, invite)).toBeLessThan(3_000)
    const gone = await run('member', 'remove', 'northwind', 'ben@example.com', '--json')
    expect(gone).toMatchObject({ code: 1, json: { error: { code: 'not_found' } } })
  })

  test('the last owner stays, whoever asks', async () => {
    await done('tenant', 'create', 'southwind', '--name', 'Southwind')
    await done('member', 'invite', 'southwind', 'cleo@example.com', '--role', 'owner')
    const [, token] = /\/invitation#token=(\S+)/.exec(await mailTo('cleo@example.com')) ?? []
    await post('/v1/invitations/join', { token, name: 'Cleo', password })
    for (const order of [
      ['role', 'southwind', 'cleo@example.com', '--role', 'viewer'],
      ['remove', 'southwind', 'cleo@example.com'],
    ]) {
      expect((await run('member', ...order, '--json')).json.error.code).toBe('last_owner')
    }
  })

  test('--dry-run invites nobody and changes nothing', async () => {
    await done('member', 'invite', 'northwind', 'dora@example.com', '--dry-run')
    await joined('dora@example.com', 'user')
    await done('member', 'role', 'northwind', 'dora@example.com', '--role', 'owner', '--dry-run')
    await done('member', 'remove', 'northwind', 'dora@example.com', '--dry-run')
    const { json: listed } = await done('member', 'list', 'northwind', '--search', 'dora', '--json')
    expect(listed.items).toMatchObject([{ email: 'dora@example.com', role: 'user' }])
  })
})

describe('operators', () => {
  test('the first one gets a link that works once, and leads where the installation is reached', async () => {
    const { stdout } = await done('operator', 'invite', 'olivia@example.com', '--name', 'Olivia', '--public-port', '8443')
    const [, token] = /^http:\/\/dashboard\.localhost:8443\/operators\/accept#token=([\w-]{43})\n$/.exec(stdout) ?? []
    const body = { token, password }
    expect((await get(address, '/v1/operators/accept', '', 'dashboard.localhost')).status).toBe(405)
    expect((await post('/v1/operators/accept', body, 'dashboard.localhost')).status).toBe(200)
    expect((await post('/v1/operators/accept', body, 'dashboard.localhost')).status).toBe(400)
    expect((await done('operator', 'list')).stdout).toContain('olivia@example.com')
  })

  test('a link can go into a file that only its owner reads, and --dry-run makes nobody', async () => {
    const file = join(folder, 'link')
    const invite = (...more: string[]) => run('operator', 'invite', 'otto@example.com', '--name', 'Otto', ...more)
    expect((await invite('--dry-run', '--json')).json).toMatchObject({ dryRun: true, url: null })
    expect((await done('operator', 'list')).stdout).not.toContain('otto@example.com')
    expect((await invite('--to-file', file, '--json')).json).toMatchObject({ url: null, file })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toMatch(/#token=[\w-]{43}\n$/)
  })
})
