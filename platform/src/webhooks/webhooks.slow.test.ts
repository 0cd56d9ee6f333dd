import pg from 'pg'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { makeMasterKey } from '../secrets/master-keys.ts'
import { databaseWithSystems, startNode, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { answering, isSignedWith, type Receiver, receiver, until } from './webhooks.test-support.ts'

let database: TestDatabase
let node: TestNode
let superuser: pg.Client
let north: TestTenant
let south: TestTenant
let hook: Receiver
const more: Receiver[] = []

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database, { masterKeys: [makeMasterKey()], outboundAllowed: ['127.0.0.1/32'] })
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
  hook = await receiver()
})
afterEach(async () => {
  hook.close()
  for (const each of more.splice(0)) each.close()
  await moveClock('0')
})

async function another(): Promise<Receiver> {
  const made = await receiver()
  more.push(made)
  return made
}

const moveClock = (interval: string) => superuser.query('update tenantry.clock_offset set "offset" = $1', [interval])

const ask = (method: string, path: string, body?: unknown, { key } = north, headers: Record<string, string> = {}) =>
  node.call(method, path, { host: 'api.localhost', key, body, headers })

async function makeHook(url: string, options: object = {}, tenant = north): Promise<{ id: string; secret: string }> {
  const made = await ask('POST', '/v1/webhooks', { url, eventTypes: ['platform.*'], ...options }, tenant)
  expect(made.status, made.text).toBe(201)
  return made.body
}

/** Something that happens: `platform.key.created`. */
async function happen(name: string, tenant = north): Promise<void> {
  expect((await ask('POST', '/v1/keys', { name, permissions: ['tenant:read'] }, tenant)).status).toBe(201)
}

const deliveries = async (id: string, query = '') => (await ask('GET', `/v1/webhooks/${id}/deliveries${query}`)).body.items
const read = async (id: string) => (await ask('GET', `/v1/webhooks/${id}`)).body
/** The next look at an endpoint, whatever it waits for. */
const hurry = (id: string) =>
  superuser.query(
    `update tenantry.work set due_at = tenantry.clock() where kind = 'webhooks.deliver' and object_id = $1 and claimed_until is null`,
    [id],
  )

test('what happens in a tenant reaches its endpoint, signed as Standard Webhooks says, with a version of the object', async () => {
  const { secret } = await makeHook(hook.url)
  await happen('one')
  await until(() => hook.received.length === 1)
  const [first] = hook.received
  expect(new Verifier(secret).verify(first?.text ?? '', first?.headers ?? {})).toMatchObject({
    id: first?.id,
    type: 'platform.key.created',
    tenantId: north.tenant.id,
    version: expect.any(Number),
    data: { name: 'one' },
  })
  expect(() => new Verifier(secret).verify(`${first?.text} `, first?.headers ?? {})).toThrow()
})

test("an endpoint is told of its own tenant's events only, and of the types that it asked for", async () => {
  const theirs = await another()
  const nothing = await another()
  await makeHook(hook.url)
  await makeHook(theirs.url, {}, south)
  await makeHook(nothing.url, { eventTypes: ['platform.key.revoked', 'shelf.*'] })
  await happen('of north')
  await happen('of south', south)
  await until(() => hook.received.length === 1 && theirs.received.length === 1)
  expect(hook.received[0]?.text).toContain('of north')
  expect(hook.received[0]?.text).not.toContain(south.tenant.id)
  expect(theirs.received[0]?.text).not.toContain('of north')
  expect(nothing.received).toEqual([])
})

test('in the overlap of a rotation both secrets verify, after it only the new one, and neither is shown again', async () => {
  const { id, secret: before } = await makeHook(hook.url)
  const rotated = await ask('POST', `/v1/webhooks/${id}/rotate`, { overlapHours: 2 })
  const { secret: after } = rotated.body
  expect(after).not.toBe(before)
  await happen('in the overlap')
  await until(() => hook.received.length === 1)
  const [first] = hook.received
  expect([isSignedWith(before, first as never), isSignedWith(after, first as never)]).toEqual([true, true])
  await moveClock('3 hours')
  await happen('after it')
  await until(() => hook.received.length === 2)
  const [, second] = hook.received
  expect([isSignedWith(before, second as never), isSignedWith(after, second as never)]).toEqual([false, true])
  const shown = JSON.stringify([
    await read(id),
    (await ask('GET', '/v1/webhooks')).body,
    (await ask('GET', '/v1/audit?limit=200')).body,
  ])
  expect(shown).toContain(id)
  for (const secret of [before, after]) expect(shown).not.toContain(secret.slice(6))
})

test('a receiver that is down for hours gets everything when it is back, each event with one id', async () => {
  const { id } = await makeHook(hook.url)
  hook.behave(answering(503))
  for (const name of ['one', 'two', 'three']) await happen(name)
  await until(async () => (await deliveries(id)).some(({ attempts }: { attempts: number }) => attempts > 0))
  for (const hours of [1, 3, 6]) {
    const before = hook.received.length
    await moveClock(`${hours} hours`)
    await hurry(id)
    await until(() => hook.received.length > before)
  }
  expect(await read(id)).toMatchObject({ state: 'active', lastCode: 'status_503', failingSince: expect.any(String) })
  hook.behave(answering(200))
  await moveClock('7 hours')
  await hurry(id)
  await until(async () => (await deliveries(id, '?state=delivered')).length === 3)
  expect(new Set(hook.received.map((each) => each.id)).size).toBe(3)
  expect(await read(id)).toMatchObject({ state: 'active', failingSince: null })
})

test('one that takes nothing for three days is disabled, the tenant is told, and what it missed can be replayed', async () => {
  const watcher = await another()
  await makeHook(watcher.url, { eventTypes: ['webhook.*'] })
  const { id } = await makeHook(hook.url)
  const from = new Date(Date.now() - 60_000).toISOString()
  hook.behave(answering(500))
  await happen('one')
  // Written down, not only received: else the next attempt is planned after it was hurried.
  await until(async () => (await deliveries(id))[0]?.lastCode === 'status_500')
  await moveClock('73 hours')
  await hurry(id)
  await until(async () => (await read(id)).state === 'disabled')
  expect(await read(id)).toMatchObject({ disabledBecause: 'failing' })
  expect(await deliveries(id)).toMatchObject([{ state: 'failed', lastCode: 'status_500' }])
  await until(() => watcher.received.length === 1)
  expect(watcher.received[0]?.body).toMatchObject({
    type: 'webhook.endpoint.disabled',
    objectId: id,
    data: { because: 'failing' },
  })
  await happen('while it was disabled')
  expect((await ask('POST', `/v1/webhooks/${id}/test`)).status).toBe(409)

  hook.behave(answering(204))
  const { version } = await read(id)
  const mended = await ask('PATCH', `/v1/webhooks/${id}`, { state: 'active' }, north, { 'if-match': `"v${version}"` })
  expect(mended.body).toMatchObject({ state: 'active', disabledBecause: null })
  const to = new Date(Date.now() + 80 * 3_600_000).toISOString()
  expect((await ask('POST', `/v1/webhooks/${id}/replay`, { from, to })).body.events).toBeGreaterThanOrEqual(2)
  await until(() =>
    ['one', 'while it was disabled'].every((name) => hook.received.slice(-4).some(({ text }) => text.includes(name))),
  )
})

test('an endpoint that says that it is gone is not asked again', async () => {
  const { id } = await makeHook(hook.url)
  hook.behave(answering(410))
  await happen('one')
  await until(async () => (await read(id)).state === 'disabled')
  expect(await read(id)).toMatchObject({ disabledBecause: 'gone' })
  expect(hook.received).toHaveLength(1)
})

test('a message that its receiver cannot take holds up no other', async () => {
  const { id } = await makeHook(hook.url)
  hook.behave((request, response) => {
    const poison = hook.received.findLast(({ id }) => id === request.headers['webhook-id'])?.text.includes('poison')
    response.writeHead(poison ? 500 : 204).end()
  })
  for (const name of ['poison', 'one', 'two', 'three']) await happen(name)
  await until(async () => (await deliveries(id, '?state=delivered')).length === 3)
  expect(await deliveries(id, '?state=waiting')).toMatchObject([{ lastCode: 'status_500' }])
})

test("one tenant's dead and slow endpoints delay nobody else", async () => {
  for (let count = 0; count < 6; count++) {
    const slow = await another()
    slow.behave(() => undefined)
    await makeHook(slow.url)
  }
  const quick = await makeHook(hook.url, {}, south)
  for (const name of ['one', 'two']) await happen(name)
  await until(() => more.filter(({ received }) => received.length > 0).length >= 4)
  await happen('of south', south)
  await until(
    async () =>
      (await ask('GET', `/v1/webhooks/${quick.id}/deliveries?state=delivered`, undefined, south)).body.items.length === 1,
  )
  // All the while not one of the slow ones has been answered.
  const waiting = (await ask('GET', '/v1/webhooks')).body.items
  expect(waiting.every(({ lastSuccessAt }: { lastSuccessAt: string | null }) => lastSuccessAt === null)).toBe(true)
}, 60_000)

test('a redirect is not followed: it is a failure', async () => {
  const elsewhere = await another()
  const { id } = await makeHook(hook.url)
  hook.behave((_request, response) => response.writeHead(307, { location: elsewhere.url }).end())
  await happen('one')
  await until(async () => (await deliveries(id))[0]?.lastCode === 'redirected')
  expect(elsewhere.received).toEqual([])
})

test.each([
  'http://127.0.0.2:80/',
  'https://localhost/',
  'https://10.0.0.1/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[64:ff9b::a00:1]/',
  'https://0x7f.2/',
  'http://93.184.215.14/',
  'https://user:secret@93.184.215.14/',
])('an address of our own network, or one without https, is refused and not stored: %s', async (url) => {
  expect(await ask('POST', '/v1/webhooks', { url })).toMatchObject({ status: 422, body: { code: 'webhook_address_refused' } })
  const { id } = await makeHook(hook.url)
  const headers = { 'if-match': '"v1"' }
  expect(await ask('PATCH', `/v1/webhooks/${id}`, { url }, north, headers)).toMatchObject({ status: 422 })
  expect((await ask('GET', '/v1/webhooks')).body.items).toMatchObject([{ url: hook.url, version: 1 }])
})

test.each(['ftp://example.com/', 'javascript:alert(1)', 'not an address', ''])(
  'what is no address of the web is refused: "%s"',
  async (url) => {
    expect(await ask('POST', '/v1/webhooks', { url })).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  },
)

test('an address that was public and now leads inside is not called', async () => {
  const { id } = await makeHook(hook.url)
  // As a name that is rebound after it was judged.
  const scope = node.tenantry.scope({ tenantId: north.tenant.id, actor: { kind: 'system', id: north.tenant.id } })
  await scope.run(sql`update tenantry.webhook_endpoints set url = replace(url, '127.0.0.1', '127.0.0.3') where id = ${id}::uuid`)
  await happen('one')
  await until(async () => (await deliveries(id))[0]?.lastCode === 'address_refused')
  expect(hook.received).toEqual([])
})

test('a test event is sent at once; one event can be replayed with the id that it had', async () => {
  const { id } = await makeHook(hook.url, { description: 'ours' })
  const { status, body } = await ask('POST', `/v1/webhooks/${id}/test`)
  expect(status).toBe(202)
  await until(() => hook.received.length === 1)
  expect(hook.received[0]).toMatchObject({ id: body.eventId, body: { type: 'webhook.test', data: { description: 'ours' } } })
  await until(async () => (await deliveries(id, '?state=delivered')).length === 1)
  expect((await ask('POST', `/v1/webhooks/${id}/deliveries/${body.eventId}/replay`)).status).toBe(202)
  await until(() => hook.received.length === 2)
  expect(hook.received[1]?.id).toBe(body.eventId)
})

test("another tenant's webhook, and an event that was not for it, are not found", async () => {
  const { id } = await makeHook(hook.url)
  const absent = '018f0000-0000-7000-8000-0000000000ff'
  const paths = ['', '/deliveries', '/test', '/rotate', `/deliveries/${absent}/replay`]
  for (const path of paths) {
    const method = path === '' || path === '/deliveries' ? 'GET' : 'POST'
    const body = path === '/rotate' ? {} : undefined
    const theirs = await ask(method, `/v1/webhooks/${id}${path}`, body, south)
    const none = await ask(method, `/v1/webhooks/${absent}${path}`, body, south)
    expect([theirs.status, theirs.body.detail]).toEqual([404, none.body.detail])
  }
  expect((await ask('POST', `/v1/webhooks/${id}/deliveries/${absent}/replay`)).status).toBe(404)
})

test('deleted endpoints are told nothing more, and their log goes with them', async () => {
  const { id } = await makeHook(hook.url)
  hook.behave(answering(500))
  await happen('one')
  await until(() => hook.received.length > 0)
  expect((await ask('DELETE', `/v1/webhooks/${id}`)).status).toBe(204)
  const left = await superuser.query('select 1 from tenantry.webhook_deliveries where endpoint_id = $1', [id])
  expect(left.rowCount).toBe(0)
  const before = hook.received.length
  await happen('two')
  await moveClock('1 hour')
  await until(async () => (await superuser.query(`select 1 from tenantry.work where object_id = $1`, [id])).rowCount === 0)
  expect(hook.received).toHaveLength(before)
})

test('a limited key may not see or make webhooks', async () => {
  const limited = await ask('POST', '/v1/keys', {
    name: 'limited',
    permissions: ['webhooks:read', 'webhooks:write'],
    reach: 'granted',
  })
  const key = { ...north, key: limited.body.credential }
  expect((await ask('GET', '/v1/webhooks', undefined, key)).status).toBe(403)
  expect((await ask('POST', '/v1/webhooks', { url: hook.url }, key)).status).toBe(403)
})
