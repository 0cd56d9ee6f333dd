import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeMasterKey } from '../secrets/master-keys.ts'
import { databaseWithSystems, startNode, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { until } from '../webhooks/webhooks.test-support.ts'

interface Post {
  readonly port: number
  readonly received: { readonly from: string; readonly to: string; readonly user: string; readonly raw: string }[]
  close(): Promise<void>
}

/** A real mail server; signing in there takes `ada` and `a secret`. */
async function openPost(options: SMTPServerOptions = {}): Promise<Post> {
  const received: Post['received'] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth({ username = '', password }, _session, done) {
      if (username === 'ada' && password === 'a secret') done(null, { user: username })
      else done(new Error('Wrong.'))
    },
    onData(stream, session, done) {
      void text(stream).then((raw) => {
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo[0]?.address ?? '',
          user: String(session.user ?? ''),
          raw,
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

let database: TestDatabase
let superuser: pg.Client
let platform: Post
let own: Post
let node: TestNode
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
  platform = await openPost()
  own = await openPost()
  node = await startNode(database, {
    masterKeys: [makeMasterKey()],
    outboundAllowed: ['127.0.0.1/32'],
    mailUrl: `smtp://127.0.0.1:${platform.port}`,
    mailFrom: 'no-reply@platform.example',
  })
})
afterAll(async () => {
  await node?.tenantry.close()
  await Promise.all([platform?.close(), own?.close(), superuser?.end()])
  await database?.drop()
})
beforeEach(async () => {
  north = await tenantWithKey(node)
  platform.received.length = 0
  own.received.length = 0
})

const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  node.call(method, path, { host: 'api.localhost', key: north.key, body, headers })

async function set(values: Record<string, unknown>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const path = `/v1/settings/mail.smtp.${name}`
    const { version } = (await ask('GET', path)).body
    const changed = await ask('PUT', path, { value }, { 'if-match': `"v${version}"` })
    expect(changed.status, changed.text).toBe(200)
  }
}

const server = { host: '127.0.0.1', encryption: 'none', from: 'post@north.example', user: 'ada', password: 'a secret' }
const testMail = async () => (await ask('POST', '/v1/settings/mail/test', { to: 'eve@example.com' })).body

/** Mail of the tenant that nobody asked for a server: an invitation. */
async function invite(email: string): Promise<void> {
  const answer = await ask('POST', '/v1/invitations', { email })
  expect(answer.status, answer.text).toBe(201)
}

const events = async () =>
  (
    await superuser.query(`select data from tenantry.events where tenant_id = $1 and type = 'mail.smtp_failed'`, [
      north.tenant.id,
    ])
  ).rows

test("[FIN-2] a tenant's mail leaves by its own mail server, signed in there, from its own address, and no other tenant's does", async () => {
  await invite('before@example.com')
  await until(() => platform.received.length === 1)
  await set({ ...server, port: own.port })
  expect(await testMail()).toEqual({ delivered: true, code: 'delivered' })
  await invite('after@example.com')
  await until(() => own.received.length === 2)
  expect(own.received).toMatchObject([
    { to: 'eve@example.com', from: 'post@north.example', user: 'ada' },
    { to: 'after@example.com', from: 'post@north.example', user: 'ada' },
  ])
  expect(own.received[1]?.raw).toMatch(/^Message-ID: <[0-9a-f-]{36}@north\.example>\r?$/im)
  north = await tenantWithKey(node)
  await invite('of.south@example.com')
  await until(() => platform.received.length === 2)
  expect(platform.received.map(({ to }) => to)).toEqual(['before@example.com', 'of.south@example.com'])
})

test("while a tenant's server fails its mail leaves by the platform's, and the tenant is told once, until it works again", async () => {
  await set({ ...server, port: own.port, password: 'wrong' })
  for (const name of ['one', 'two']) await invite(`${name}@example.com`)
  await until(() => platform.received.length === 2)
  expect(platform.received[0]).toMatchObject({ from: 'no-reply@platform.example' })
  expect(await events()).toEqual([{ data: { code: 'sign_in_refused' } }])
  expect(await testMail()).toEqual({ delivered: false, code: 'sign_in_refused' })
  await set({ password: 'a secret' })
  expect(await testMail()).toEqual({ delivered: true, code: 'delivered' })
  await invite('three@example.com')
  await until(() => own.received.length === 2)
  expect(await events()).toHaveLength(1)
})

test('the test mail says what is wrong, and leaves by no other server', async () => {
  expect((await ask('POST', '/v1/settings/mail/test', { to: 'eve@example.com' })).body.code).toBe('conflict')
  const gone = await openPost()
  await set({ ...server, port: gone.port })
  await gone.close()
  expect(await testMail()).toEqual({ delivered: false, code: 'unreachable' })
  await set({ port: own.port, encryption: 'starttls' })
  expect(await testMail()).toEqual({ delivered: false, code: 'tls_failed' })
  await set({ encryption: 'tls' })
  expect((await testMail()).delivered).toBe(false)
  await set({ encryption: 'none', host: 'mail.north.invalid' })
  expect((await testMail()).delivered).toBe(false)
  expect([...own.received, ...platform.received]).toEqual([])
})

test('an untrusted certificate is refused, and a password is never said without encryption to where no operator allowed it', async () => {
  const selfSigned = await openPost({ disabledCommands: [] })
  await set({ ...server, port: selfSigned.port, encryption: 'starttls' })
  expect(await testMail()).toEqual({ delivered: false, code: 'tls_failed' })
  await selfSigned.close()
  // Public, but unencrypted: judged before anybody is called.
  await set({ host: '192.0.43.8', encryption: 'none' })
  expect(await testMail()).toEqual({ delivered: false, code: 'address_refused' })
})

test('a person whom the own server does not know is not looked for by the platform’s', async () => {
  const strict = await openPost({ onRcptTo: (_address, _session, done) => done(new Error('No such person.')) })
  await set({ ...server, port: strict.port })
  await invite('nobody@example.com')
  await until(async () => {
    const { rows } = await superuser.query(`select 1 from tenantry_jobs.job_common where state = 'retry'`)
    return rows.length > 0
  })
  expect(platform.received).toEqual([])
  expect(await events()).toEqual([])
  await strict.close()
})
