import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { makeMasterKey } from 'tenantry'
import { type TestDatabase, testDatabase } from 'tenantry/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { answering, isSignedWith, type Receiver, receiver } from '../../platform/src/webhooks/webhooks.test-support.ts'
import { bms } from '../../systems/bms/src/system.ts'
import { type Running, start, tenantry } from './processes.ts'

let database: TestDatabase
let server: Running
let address: string
let key: string
let local: Receiver
const listening: Running[] = []

const slug = `t${randomBytes(6).toString('hex')}`

beforeAll(async () => {
  database = await testDatabase({ systems: [{ name: bms.name, directory: bms.migrations }] })
  const environment = { DATABASE_URL: database.appUrl, TENANTRY_ADMIN_URL: database.adminUrl }
  const serving = { TENANTRY_MASTER_KEYS: makeMasterKey(), TENANTRY_OUTBOUND_ALLOWED: '127.0.0.1/32' }
  server = start(['serve', '--port', '0'], { environment: { ...environment, ...serving } })
  address = await server.address()
  await tenantry(['tenant', 'create', slug, '--name', 'Listeners', '--tier', 'enterprise'], { environment })
  key = (await tenantry(['key', 'create', slug, '--name', 'dev', '--role', 'owner', '--json'], { environment })).json.credential
  local = await receiver()
}, 240_000)
afterEach(async () => {
  for (const each of listening.splice(0)) await each.stop()
  local.received.length = 0
})
afterAll(async () => {
  local?.close()
  await server?.stop()
  await database?.drop()
})

async function listen(...args: string[]): Promise<Running> {
  const environment = { TENANTRY_KEY: key, TENANTRY_API_URL: address }
  const running = start(['webhook', 'listen', local.url, ...args], { environment })
  listening.push(running)
  await expect.poll(() => running.log, { timeout: 30_000 }).toContain('whsec_')
  return running
}

async function call(method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const answer = await fetch(`${address}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as { readonly id: string }
}

const build = (name: string) => call('POST', '/v1/bms/buildings', { name, timeZone: 'Europe/London' })
const arrived = (count: number) => expect.poll(() => local.received.length, { timeout: 20_000 }).toBe(count)

test('what happens arrives at the local receiver, signed with the secret of the session, with the answer’s status', async () => {
  const running = await listen('--type', 'bms.building.*')
  local.behave(answering(202))
  const { id } = await build('Harbour House')
  await arrived(1)
  const [letter] = local.received
  const secret = /whsec_\S+/.exec(running.log)?.[0] ?? ''
  expect(isSignedWith(secret, letter as NonNullable<typeof letter>)).toBe(true)
  expect(letter?.body).toMatchObject({ type: 'bms.building.created', objectId: id, data: { name: 'Harbour House' } })
  await expect.poll(() => running.log).toMatch(/bms\.building\.created {2}[0-9a-f-]{36} {2}202 {2}\d+ ms/)
  running.interrupt()
  expect(await running.ended()).toBe(0)
}, 120_000)

test('a real endpoint is sent the same body under the same id', async () => {
  const real = await receiver()
  try {
    await call('POST', '/v1/webhooks', { url: real.url, eventTypes: ['bms.building.created'] })
    await listen('--type', 'bms.building.created')
    await build('Mill')
    await arrived(1)
    await expect.poll(() => real.received.length, { timeout: 20_000 }).toBe(1)
    expect(local.received[0]?.body).toEqual(real.received[0]?.body)
    expect(local.received[0]?.id).toBe(real.received[0]?.id)
    expect(Object.keys(local.received[0]?.headers ?? {})).toEqual(
      expect.arrayContaining(['webhook-signature', 'webhook-timestamp']),
    )
  } finally {
    real.close()
  }
}, 120_000)

test('for machines each is a line of JSON; a receiver that fails or is gone is told, and nothing ends', async () => {
  local.behave(answering(500))
  const running = await listen('--json', '--type', 'bms.building.created')
  const lines = () =>
    running.log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  await build('First')
  await expect
    .poll(() => lines().at(-1), { timeout: 20_000 })
    .toMatchObject({ type: 'bms.building.created', status: 500, code: 'status_500' })
  expect(lines()[0]).toMatchObject({ kind: 'listening', tenant: slug, secret: expect.stringMatching(/^whsec_/) })
  local.close()
  await build('Second')
  await expect.poll(() => lines().at(-1), { timeout: 20_000 }).toMatchObject({ kind: 'event', status: null, code: 'unreachable' })
  local = await receiver()
}, 120_000)

test('the key comes by standard input, too; without one, with a wrong one, or with nobody there it says so', async () => {
  const refused = (environment: Record<string, string>, ...args: string[]) =>
    tenantry(['webhook', 'listen', '3000', ...args], { environment: { TENANTRY_API_URL: address, ...environment } })
  expect(await refused({})).toMatchObject({ code: 2, stderr: expect.stringContaining('TENANTRY_KEY') })
  expect(await refused({ TENANTRY_KEY: 'none' }, '--json')).toMatchObject({
    code: 1,
    json: { error: { code: 'unauthenticated' } },
  })
  const nobody = await refused({ TENANTRY_KEY: key, TENANTRY_API_URL: 'http://127.0.0.1:9' }, '--json')
  expect(nobody).toMatchObject({ code: 1, json: { error: { code: 'api_unreachable' } } })
  const program = new URL('../../platform/bin/tenantry.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [program, 'webhook', 'listen', '3000', '--api-url', address], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH },
  })
  try {
    child.stdin.end(`${key}\n`)
    let log = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (log += text))
    await expect.poll(() => log, { timeout: 30_000 }).toContain('whsec_')
  } finally {
    child.kill('SIGINT')
  }
}, 120_000)
