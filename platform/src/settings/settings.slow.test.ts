import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../isolation/statement.ts'
import { joinAs } from '../members/people.test-support.ts'
import { makeMasterKey } from '../secrets/master-keys.ts'
import { databaseWithSystems, startNode, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { setting } from './setting.ts'
import { createSettingRegistry } from './setting-registry.ts'

let database: TestDatabase
let node: TestNode
let superuser: pg.Client
let north: TestTenant
let south: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database, {
    masterKeys: [makeMasterKey()],
    outboundAllowed: ['127.0.0.1/32'],
    interactiveConnections: 4,
  })
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
})
afterAll(async () => {
  await node?.tenantry.close()
  await superuser?.end()
  await database?.drop()
})
beforeEach(async () => {
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
})

const ask = (method: string, path: string, body?: unknown, tenant = north, headers: Record<string, string> = {}) =>
  node.call(method, path, { host: 'api.localhost', key: tenant.key, body, headers })
const read = async (key: string, tenant = north) => (await ask('GET', `/v1/settings/${key}`, undefined, tenant)).body
/** As somebody does who has just read it. */
async function put(key: string, value: unknown, tenant = north) {
  const { version = 0 } = await read(key, tenant)
  return ask('PUT', `/v1/settings/${key}`, { value }, tenant, { 'if-match': `"v${version}"` })
}
const stored = async () => (await superuser.query('select * from tenantry.settings where tenant_id = $1', [north.tenant.id])).rows

test('[SEC-4] settings are typed: get all, get one, put, and back to the default', async () => {
  expect(await read('mail.smtp.port')).toMatchObject({ value: 587, default: 587, isSet: false, version: 0, category: 'mail' })
  const changed = await put('mail.smtp.port', 2525)
  expect(changed.status, changed.text).toBe(200)
  expect(changed.headers.etag).toBe('"v1"')
  expect(changed.body).toMatchObject({ value: 2525, isSet: true, version: 1, changedByKind: 'key', changedBy: north.keyId })
  const all = (await ask('GET', '/v1/settings')).body.items
  expect(all.find(({ key }: { key: string }) => key === 'mail.smtp.port')).toEqual(await read('mail.smtp.port'))
  expect((await read('mail.smtp.port')).schema).toEqual({ type: 'integer', minimum: 1, maximum: 65_535 })
  expect((await read('mail.smtp.port')).permission).toBe('settings:secure')
  const ofMail = (await ask('GET', '/v1/settings?category=mail')).body.items
  expect(new Set(ofMail.map(({ category }: { category: string }) => category))).toEqual(new Set(['mail']))
  const reset = await ask('DELETE', '/v1/settings/mail.smtp.port', undefined, north, { 'if-match': '"v1"' })
  expect(reset.status).toBe(204)
  expect(await read('mail.smtp.port')).toMatchObject({ value: 587, isSet: false, version: 2 })
  expect(await read('mail.smtp.port', south)).toMatchObject({ version: 0 })
})

test('[SEC-4] a secret is sealed where it lies and in no answer, list, history, export, event or audit entry', async () => {
  const secret = `p-${randomBytes(16).toString('hex')}`
  const changed = await put('mail.smtp.password', secret)
  expect(changed.body).toMatchObject({
    secret: true,
    isSet: true,
    value: null,
    fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/),
    changedAt: expect.any(String),
    changedBy: north.keyId,
  })
  await put('mail.smtp.user', 'visible')
  const answers = await Promise.all(
    [
      '/v1/settings',
      '/v1/settings/mail.smtp.password',
      '/v1/settings/mail.smtp.password/history',
      '/v1/settings/export',
      '/v1/audit',
    ].map((path) => ask('GET', path)),
  )
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(answers[3]?.body.settings).toEqual({ 'mail.smtp.user': 'visible' })
  const { rows: events } = await superuser.query('select data from tenantry.events where tenant_id = $1', [north.tenant.id])
  const seen = JSON.stringify([changed.text, answers.map(({ text }) => text), events, await stored()])
  expect(seen).toContain('visible')
  expect(seen).not.toContain(secret)
  expect(seen).not.toContain(Buffer.from(secret).toString('hex'))
  const { services, scope } = node.tenantry
  const inside = (tenantId: string) => scope({ tenantId, actor: { kind: 'system', id: north.keyId } })
  const definition = services.settings.registry.find('shelf', 'mail.smtp.password')
  expect(await services.settings.openSecret(inside(north.tenant.id), definition as never)).toBe(secret)
  expect(await services.settings.openSecret(inside(south.tenant.id), definition as never)).toBeNull()
})

test('[SEC-4] unknown settings, wrong types, oversized values and secrets are refused with a code, and nothing is stored', async () => {
  const codes = async (key: string, value: unknown) => {
    const answer = await ask('PUT', `/v1/settings/${key}`, { value }, north, { 'if-match': '"v0"' })
    return [answer.status, answer.body.code]
  }
  expect(await codes('mail.smpt.host', 'mail.example.com')).toEqual([404, 'setting_unknown'])
  expect(await codes('mail.smtp.port', '587')).toEqual([400, 'invalid_request'])
  expect(await codes('mail.smtp.port', 70_000)).toEqual([400, 'invalid_request'])
  expect(await codes('mail.smtp.port', null)).toEqual([400, 'invalid_request'])
  expect(await codes('mail.smtp.encryption', { mode: 'tls' })).toEqual([400, 'invalid_request'])
  expect(await codes('mail.smtp.password', 'x'.repeat(2_000))).toEqual([400, 'invalid_request'])
  expect(await codes('notifications.closing', 'x'.repeat(20_000))).toEqual([400, 'invalid_request'])
  for (const host of ['10.0.0.8', '169.254.169.254', '::1', '192.168.1.1'])
    expect(await codes('mail.smtp.host', host)).toEqual([422, 'address_refused'])
  expect(await codes('integration.warehouse.url', 'http://192.0.43.8/')).toEqual([422, 'address_refused'])
  expect(await codes('integration.warehouse.url', 'https://127.0.0.2/')).toEqual([422, 'address_refused'])
  expect((await ask('PUT', '/v1/settings/mail.smtp.port', {}, north, { 'if-match': '"v0"' })).status).toBe(400)
  expect((await ask('GET', '/v1/settings/nothing.of.it')).body.code).toBe('setting_unknown')
  expect(await stored()).toEqual([])
})

test('who changes a setting says which version he read: of two who read the same one, the second is refused', async () => {
  const first = { 'if-match': '"v0"' }
  const path = '/v1/settings/mail.smtp.user'
  expect((await ask('PUT', path, { value: 'ada' })).body.code).toBe('precondition_required')
  const both = await Promise.all(['ada', 'bob'].map((value) => ask('PUT', path, { value }, north, first)))
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
  expect((await ask('PUT', path, { value: 'eve' }, north, { 'if-match': '"v7"' })).body).toMatchObject({
    code: 'precondition_failed',
    version: 1,
  })
  expect((await ask('DELETE', path, undefined, north, first)).status).toBe(412)
})

test('the history tells who changed what and when, the newest first, page by page', async () => {
  const ada = await joinAs(node, north, 'admin')
  await put('mail.smtp.user', 'one')
  const changed = await ada.call('PUT', '/v1/settings/mail.smtp.user', {
    body: { value: 'two' },
    headers: { 'if-match': '"v1"' },
  })
  expect(changed.status, changed.text).toBe(200)
  await ask('DELETE', '/v1/settings/mail.smtp.user', undefined, north, { 'if-match': '"v2"' })
  const first = (await ask('GET', '/v1/settings/mail.smtp.user/history?limit=2')).body
  const rest = (await ask('GET', `/v1/settings/mail.smtp.user/history?limit=2&cursor=${first.nextCursor}`)).body
  expect([...first.items, ...rest.items]).toMatchObject([
    { version: 3, isSet: false, actorKind: 'key' },
    { version: 2, value: 'two', actorKind: 'member', actorId: ada.member.id },
    { version: 1, value: 'one', actorKind: 'key', actorId: north.keyId },
  ])
  expect(rest.nextCursor).toBeNull()
})

test('what one tenant exports another imports: all of it or nothing, and never a secret', async () => {
  await put('mail.smtp.port', 25)
  await put('notifications.closing', 'Yours, North')
  await put('mail.smtp.password', 'not to be seen')
  const exported = (await ask('GET', '/v1/settings/export')).body
  expect(exported).toEqual({ settings: { 'mail.smtp.port': 25, 'notifications.closing': 'Yours, North' } })
  expect((await ask('POST', '/v1/settings/import', exported, south)).body).toEqual({ settings: 2 })
  expect(await read('notifications.closing', south)).toMatchObject({ value: 'Yours, North', version: 1 })
  for (const wrong of [
    { 'mail.smtp.password': 'x' },
    { 'no.such': 1 },
    { 'mail.smtp.port': 'x' },
    { __proto__: null, 'mail.smtp.user': null },
  ]) {
    const refused = await ask(
      'POST',
      '/v1/settings/import',
      { settings: { 'notifications.closing': 'changed', ...wrong } },
      south,
    )
    expect([refused.status, refused.body.code], refused.text).toEqual([400, 'invalid_request'])
  }
  expect(await read('notifications.closing', south)).toMatchObject({ value: 'Yours, North', version: 1 })
})

test('a manager changes settings but none of mail and security, a user reads none, a limited key changes none', async () => {
  const manager = await joinAs(node, north, 'manager')
  const user = await joinAs(node, north, 'user')
  const change = (who: typeof manager, key: string, value: unknown) =>
    who.call('PUT', `/v1/settings/${key}`, { body: { value }, headers: { 'if-match': '"v0"' } })
  expect((await change(manager, 'notifications.closing', 'Yours')).status).toBe(200)
  expect((await change(manager, 'mail.smtp.port', 25)).body).toMatchObject({ code: 'forbidden', permission: 'settings:secure' })
  const imported = await manager.call('POST', '/v1/settings/import', { body: { settings: { 'mail.smtp.port': 25 } } })
  expect(imported.body).toMatchObject({ code: 'forbidden', permission: 'settings:secure' })
  expect((await user.call('GET', '/v1/settings')).status).toBe(403)
  const limited = (
    await ask('POST', '/v1/keys', { name: 'limited', permissions: ['settings:read', 'settings:write'], reach: 'granted' })
  ).body.credential
  const refused = await ask(
    'PUT',
    '/v1/settings/notifications.closing',
    { value: 'x' },
    { ...north, key: limited },
    { 'if-match': '"v1"' },
  )
  expect(refused.body).toMatchObject({ code: 'forbidden', permission: 'reach:all' })
})

test('[FIN-2] an integration is really called, with its token, and what it answers is not shown', async () => {
  const calls: string[] = []
  const other = createServer((request, response) => {
    calls.push(String(request.headers.authorization))
    response.writeHead(calls.length === 1 ? 200 : 500).end('an inner secret')
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`
  const path = '/v1/settings/integrations/warehouse/test'
  expect((await ask('POST', path)).body.code).toBe('conflict')
  expect((await put('integration.warehouse.url', url)).status).toBe(200)
  await put('integration.warehouse.token', 'token-of-north')
  const called = await ask('POST', path)
  expect(called.body).toEqual({ reached: true, code: 'answered', status: 200 })
  expect((await ask('POST', path)).body).toEqual({ reached: true, code: 'answered', status: 500 })
  expect(calls).toEqual(['Bearer token-of-north', 'Bearer token-of-north'])
  await new Promise((resolve) => other.close(resolve))
  expect((await ask('POST', path)).body).toEqual({ reached: false, code: 'unreachable', status: null })
  expect((await ask('POST', '/v1/settings/integrations/nothing/test')).body.code).toBe('setting_unknown')
  expect(called.text).not.toContain('inner secret')
})

test('a setting that could never be stored, or is declared twice, is refused where it is declared', () => {
  const usual = { title: 'Hour', category: 'feature', schema: z.int().max(23), default: 6 } as const
  expect(() => setting({ ...usual, key: 'Hour' })).toThrow('no key')
  expect(() => setting({ ...usual, key: 'reports.hour', default: 24 })).toThrow('does not fit')
  const hour = setting({ ...usual, key: 'reports.hour' })
  expect(() => createSettingRegistry([{ name: 'crm', settings: [hour, hour] }])).toThrow('declared twice')
})

test('a choice that its schema does not allow any more counts as none', async () => {
  await put('mail.smtp.port', 25)
  const scope = node.tenantry.scope({ tenantId: north.tenant.id, actor: { kind: 'system', id: north.keyId } })
  await scope.run(sql`update tenantry.settings set value = '"twenty-five"'`)
  expect(await read('mail.smtp.port')).toMatchObject({ value: 587 })
})
