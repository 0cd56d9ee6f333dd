import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import {
  browserOf,
  comparable,
  identityNode,
  linkOf,
  type Mailbox,
  makeMember,
  newPerson,
  openMailbox,
  password,
  signIn,
} from './identity.test-support.ts'
import { sharedRealm } from './realms.ts'

let database: TestDatabase
let mailbox: Mailbox
let node: TestNode
let north: TestTenant
let south: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  mailbox = await openMailbox()
  node = await identityNode(database, { mailUrl: mailbox.url, mailFrom: 'no-reply@platform.example' })
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
})
afterAll(async () => {
  await node.tenantry.close()
  await mailbox.stop()
  await database.drop()
})

async function member() {
  const person = await newPerson(node)
  await makeMember(node, north, person)
  return person
}

let requests = 0
/** Each from a network of its own, but where it is about one. */
const post = (host: string, path: string, body: unknown, address = `198.51.100.${++requests}`) =>
  node.call('POST', path, { host, body, headers: { 'x-forwarded-for': address } })
const askForReset = (host: string, email: string, address?: string) => post(host, '/v1/auth/reset/request', { email }, address)
const reset = (host: string, token: string, next: string) => post(host, '/v1/auth/reset', { token, password: next })

const next = 'a password that is new'

describe('a forgotten password', () => {
  test('is chosen anew by a link in the tenant’s brand that works once and ends every session and program', async () => {
    const { email } = await member()
    const browser = await browserOf(node, north.host, email)
    const program = (await signIn(node, north.host, { email, password, as: 'program' })).body
    const unknown = comparable(await askForReset(north.host, 'nobody@example.com'))
    expect(comparable(await askForReset(north.host, email))).toEqual(unknown)
    expect(unknown).toMatchObject({ status: 202, body: '' })
    const mail = await mailbox.next(email)
    expect(mail).toContain(`From: ${north.tenant.name}`)
    const { page, token } = linkOf(mail)
    expect(page).toBe(`http://${north.host}:${node.port}/reset-password`)
    expect((await reset(north.host, token, 'short')).body).toMatchObject({ code: 'invalid_request' })
    const all = await Promise.all(Array.from({ length: 10 }, () => reset(north.host, token, next)))
    expect(all.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(all.filter(({ body }) => body?.code === 'link_invalid')).toHaveLength(9)
    expect((await browser.call('GET', '/v1/me')).status).toBe(401)
    expect((await node.call('GET', '/v1/me', { host: north.host, key: program.accessToken })).status).toBe(401)
    expect((await post(north.host, '/v1/token/refresh', { refreshToken: program.refreshToken })).status).toBe(401)
    expect((await signIn(node, north.host, { email, password })).status).toBe(401)
    expect((await signIn(node, north.host, { email, password: next })).status).toBe(200)
    expect(mailbox.all.filter(({ to }) => to === 'nobody@example.com')).toEqual([])
  })

  test('a link is nothing on another host, once the password was changed, or after an hour', async () => {
    const { email } = await member()
    const link = async () => {
      await askForReset(north.host, email)
      return linkOf(await mailbox.next(email, '#token=')).token
    }
    const first = await link()
    const absent = comparable(await reset(north.host, 'x'.repeat(43), next))
    expect(absent.status).toBe(400)
    for (const host of [south.host, 'localhost']) {
      expect(comparable(await reset(host, first, next))).toEqual(comparable(await reset(host, 'x'.repeat(43), next)))
    }
    const second = await link()
    expect((await reset(north.host, second, next)).status).toBe(204)
    expect(comparable(await reset(north.host, first, next))).toEqual(absent)
    const third = await link()
    const owner = new pg.Client({ connectionString: database.adminUrl })
    await owner.connect()
    try {
      await owner.query(`update tenantry.clock_offset set "offset" = '61 minutes'`)
      expect(comparable(await reset(north.host, third, next))).toEqual(absent)
    } finally {
      await owner.query(`update tenantry.clock_offset set "offset" = '0'`)
      await owner.end()
    }
  })

  test('on the bare domain the platform itself writes', async () => {
    const { email } = await member()
    await askForReset('localhost', email)
    const mail = await mailbox.next(email)
    expect(mail).toContain('From: Tenantry')
    const { page, token } = linkOf(mail)
    expect(page).toBe(`http://localhost:${node.port}/reset-password`)
    expect((await reset('localhost', token, next)).status).toBe(204)
  })

  test('nobody is buried in mails, and no link leads to a host that is nobody’s', async () => {
    const { email } = await member()
    const statuses: number[] = []
    for (let turn = 0; turn < 7; turn += 1) statuses.push((await askForReset(north.host, email, '203.0.113.9')).status)
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429, 429])
    expect((await askForReset(north.host, email)).status).toBe(202)
    for (const host of ['nobody-has-this.localhost', 'elsewhere.example']) {
      expect((await askForReset(host, email)).status).toBe(404)
    }
  })

  test('what waits to be sent cannot be read in the database, and is gone when it was sent', async () => {
    const { email } = await member()
    const client = new pg.Client({ connectionString: database.superuserUrl })
    await client.connect()
    await askForReset(north.host, email)
    const { token } = linkOf(await mailbox.next(email, '#token='))
    const waiting = async () => (await client.query('select count(*)::int as n from tenantry.mails')).rows[0].n
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0)
    const { rows } = await client.query(`select
      (select string_agg(p::text, ' ') from identity.proofs p) as proofs,
      (select coalesce(string_agg(j::text, ' '), '') from tenantry_jobs.job j) as jobs,
      (select coalesce(string_agg(a::text, ' '), '') from tenantry.audit_entries a) as entries`)
    await client.end()
    for (const text of Object.values(rows[0] as Record<string, string>)) {
      expect(text).not.toContain(token)
      expect(text).not.toContain(Buffer.from(token).toString('hex'))
    }
  })
})

test('an address is proved by a link that works once', async () => {
  const { identity } = node.tenantry.services
  const email = 'unproved@example.com'
  const person = await identity.createUser(sharedRealm, { email, name: 'Una', password, verified: false })
  await makeMember(node, north, person)
  await post(north.host, '/v1/auth/verify/request', { email })
  const { page, token } = linkOf(await mailbox.next(email, '#token='))
  expect(page).toBe(`http://${north.host}:${node.port}/verify-email`)
  expect((await reset(north.host, token, next)).body).toMatchObject({ code: 'link_invalid' })
  expect((await post(north.host, '/v1/auth/verify', { token })).body).toMatchObject({ email, emailVerified: true })
  expect((await post(north.host, '/v1/auth/verify', { token })).body).toMatchObject({ code: 'link_invalid' })
  // Proved, so there is nothing to send; nobody sees that either.
  expect((await post(north.host, '/v1/auth/verify/request', { email })).status).toBe(202)
})
